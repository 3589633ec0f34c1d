// The page of rejected rows: sends a row when one of its boxes has changed, and shows it as the server has checked it.
// No rule is written here. Without this file the form's buttons do the same.
const form = document.getElementById("mend-form");
const texts = JSON.parse(document.getElementById("mend-texts").textContent);
const at = (id) => document.getElementById(id);
const boxesOf = (row) => [...row.querySelectorAll("input[type=text]")];
// One row after another: each answer is about what was typed before it.
let turn = Promise.resolve();
let replacing = false;

function fault(text) {
    at("fault").textContent = text;
    at("fault").hidden = !text;
}

// The row as the server gives it. What was typed meanwhile stays, and so does the place of the cursor.
function replace(row, html, sent) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.querySelector("tr");
    const focused = row.contains(document.activeElement) ? document.activeElement : null;
    const typed = boxesOf(row).filter((box) => box.value !== sent.get(box.name));
    replacing = true;
    row.replaceWith(fresh);
    for (const box of typed) {
        if (at(box.id)) at(box.id).value = box.value;
    }
    const again = focused && at(focused.id);
    if (again) {
        again.focus();
        again.setSelectionRange(focused.selectionStart, focused.selectionEnd);
    }
    replacing = false;
}

async function check(id) {
    const row = at(id);
    const sent = new Map(boxesOf(row).map((box) => [box.name, box.value]));
    const body = new URLSearchParams([...sent]);
    for (const hidden of row.querySelectorAll("input[type=hidden]")) body.append(hidden.name, hidden.value);
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    try {
        const answer = await fetch(row.dataset.check + window.location.search, {method: "POST", body, credentials: "same-origin"});
        if (answer.redirected || [401, 403, 404, 409].includes(answer.status)) {
            fault(texts.changed);
            return;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        const state = await answer.json();
        fault("");
        replace(row, state.row, sent);
        at("ready").textContent = state.ready;
        at("said").textContent = state.said;
    } catch {
        fault(texts.offline);
    }
}

const isChanged = (box) => box.value !== box.defaultValue;

form.addEventListener("focusout", (event) => {
    const row = event.target.closest("tbody tr");
    if (replacing || !row || event.target.type !== "text" || !isChanged(event.target)) return;
    const id = row.id;
    turn = turn.then(() => check(id));
});

// Enter goes to the next box, as in a spreadsheet, and back with Shift.
form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.type !== "text") return;
    event.preventDefault();
    const boxes = boxesOf(form);
    const next = boxes[boxes.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
    if (next) next.focus();
    else event.target.blur();
});
