// The page on which a file is looked at before it is imported: waits for the preview, and shows at once what a choice
// changes. Without this file the page reloads itself, and "see how it looks" sends the form.
(() => {
    "use strict";

    const EVERY = 300;
    // After so many milliseconds the page says that it takes long.
    const SLOW = 6000;

    const config = JSON.parse(document.getElementById("review-config").textContent);
    const form = document.getElementById("review-form");
    const said = document.getElementById("said");
    const offline = document.getElementById("offline");
    const review = () => document.getElementById("review");
    const pause = (time) => new Promise((done) => { window.setTimeout(done, time); });
    // Counts the choices: the answer to an older one is not shown.
    let latest = 0;

    function complain(text) {
        offline.textContent = text;
        offline.hidden = !text;
    }

    async function fetched(address, options) {
        const answer = await fetch(address, {cache: "no-store", credentials: "same-origin", ...options});
        if ((answer.redirected && answer.url.includes("/login/")) || [401, 403, 404].includes(answer.status)) {
            complain(config.texts.signedOut);
            throw new Error("signed out");
        }
        return answer;
    }

    async function page(options = {}) {
        const answer = await fetched(form.action, options);
        const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
        // Started in another window: its own page says more.
        if (!shown.getElementById("review")) window.location.assign(answer.url);
        return shown;
    }

    function show(shown) {
        const focused = document.activeElement && document.activeElement.id;
        const open = [...review().querySelectorAll("details")].map((part) => part.open);
        review().replaceWith(document.adoptNode(shown.getElementById("review")));
        review().querySelectorAll("details").forEach((part, index) => { part.open = Boolean(open[index]); });
        const field = focused && document.getElementById(focused);
        if (field) field.focus({preventScroll: true});
    }

    // Until the preview is there, or another choice was made.
    async function wait(turn) {
        const began = Date.now();
        said.textContent = config.texts.reading;
        for (;;) {
            await pause(EVERY);
            if (turn !== latest) return null;
            try {
                const state = await (await fetched(config.state)).json();
                complain(Date.now() - began > SLOW ? config.texts.slow : "");
                if (!state.waiting) return await page();
            } catch (fault) {
                if (fault.message === "signed out") return null;
                complain(config.texts.offline);
                await pause(10 * EVERY);
            }
        }
    }

    async function look() {
        latest += 1;
        const turn = latest;
        const body = new FormData(form);
        body.set("accion", "ver");
        review().setAttribute("aria-busy", "true");
        let shown;
        try {
            shown = await page({method: "POST", body});
        } catch {
            if (!offline.textContent) complain(config.texts.offline);
            review().setAttribute("aria-busy", "false");
            return;
        }
        if (shown.querySelector("#review[data-waits]")) shown = await wait(turn);
        if (shown && turn === latest) {
            complain("");
            show(shown);
            said.textContent = config.texts.updated;
        }
    }

    form.addEventListener("change", (event) => {
        if (event.target.matches("input[type=checkbox]")) return;
        look();
    });
    if (review().hasAttribute("data-waits")) {
        wait(latest).then((shown) => { if (shown) show(shown); });
    }
})();
