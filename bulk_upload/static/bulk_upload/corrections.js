// The page of a file that is being made: asks how far it is, and takes it when it is ready. Without this file
// the page reloads itself.
(() => {
    "use strict";

    const EVERY = 1000;
    const HIDDEN = 10000;
    // What is said aloud changes less often than the bar.
    const SAID = 5000;

    const config = JSON.parse(document.getElementById("preparation-config").textContent);
    const at = (id) => document.getElementById(id);
    let saidAt = 0;
    let failures = 0;

    function write(id, text) {
        if (at(id).textContent !== text) at(id).textContent = text;
    }

    function offline(text) {
        write("offline", text);
        at("offline").hidden = !text;
    }

    function show(state) {
        if (state.total) {
            at("bar").max = state.total;
            at("bar").value = state.processed;
        }
        if (state.waiting && Date.now() - saidAt < SAID) return;
        saidAt = Date.now();
        write("text", state.text);
    }

    // The answer is a file, which leaves this page as it is; or another page, which says what is wrong.
    function take() {
        at("preparation").setAttribute("aria-busy", "false");
        at("bar").value = at("bar").max;
        write("again", config.texts.again);
        window.location.assign(config.file);
    }

    // Whether to ask again, and after how many milliseconds.
    async function ask() {
        const answer = await fetch(config.state, {cache: "no-store", credentials: "same-origin"});
        if (answer.redirected || [401, 403, 404].includes(answer.status)) {
            offline(config.texts.signedOut);
            return null;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        failures = 0;
        offline("");
        const state = await answer.json();
        show(state);
        if (!state.waiting) {
            take();
            return null;
        }
        return document.hidden ? HIDDEN : EVERY;
    }

    async function poll() {
        let wait;
        try {
            wait = await ask();
        } catch {
            failures += 1;
            offline(config.texts.offline);
            wait = Math.min(30000, EVERY * 2 ** failures);
        }
        if (wait !== null) window.setTimeout(poll, wait);
    }

    poll();
})();
