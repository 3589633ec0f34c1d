// The page on which a file is looked at before it is imported: waits for the preview, and shows at once what a choice
// changes. Without this file the page reloads itself, and "see how it looks" sends the form.
(() => {
    "use strict";

    const EVERY = 300;
    // After so many milliseconds the page says that it takes long.
    const SLOW = 6000;
    // A key may choose something on the way to what is meant.
    const TYPING = 150;

    const config = JSON.parse(document.getElementById("review-config").textContent);
    const form = document.getElementById("review-form");
    const said = document.getElementById("said");
    const offline = document.getElementById("offline");
    const review = () => document.getElementById("review");
    const pause = (time) => new Promise((done) => { window.setTimeout(done, time); });
    // One choice is sent after another: the last one counts, and only its answer is shown.
    let isLooking = false;
    let isChanged = false;

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
        const active = document.activeElement;
        const typed = active && active.matches("input[type=text], input[type=number]") ? active.value : null;
        const open = [...review().querySelectorAll("details")].map((part) => part.open);
        review().replaceWith(document.adoptNode(shown.getElementById("review")));
        review().querySelectorAll("details").forEach((part, index) => { part.open = Boolean(open[index]); });
        const field = active && active.id && document.getElementById(active.id);
        if (!field) return;
        field.focus({preventScroll: true});
        // What is being typed has not been sent.
        if (typed !== null) field.value = typed;
    }

    // Until the preview is there, or another choice was made.
    async function wait() {
        const began = Date.now();
        said.textContent = config.texts.reading;
        for (;;) {
            await pause(EVERY);
            if (isChanged) return null;
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

    async function lookOnce() {
        isChanged = false;
        await pause(TYPING);
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
        if (shown.querySelector("#review[data-waits]")) shown = await wait();
        if (shown && !isChanged) {
            complain("");
            show(shown);
            said.textContent = config.texts.updated;
        }
    }

    async function look() {
        isChanged = true;
        if (isLooking) return;
        isLooking = true;
        while (isChanged) await lookOnce();
        isLooking = false;
    }

    form.addEventListener("change", (event) => {
        if (event.target.matches("input[type=checkbox]")) return;
        look();
    });
    if (review().hasAttribute("data-waits")) {
        wait().then((shown) => { if (shown) show(shown); });
    }
})();
