// The progress page: asks the API's status address, often while rows move and somebody looks, seldom
// otherwise, and opens the result at the end. Without this file the page reloads itself.
(() => {
    "use strict";

    const FASTEST = 500;
    const SLOWEST = 4000;
    const HIDDEN = 15000;
    const OFFLINE_MOST = 30000;
    const ENDS = ["completed", "failed", "cancelled"];

    const config = JSON.parse(document.getElementById("progress-config").textContent);
    const texts = config.texts;
    const language = document.documentElement.lang;
    const number = new Intl.NumberFormat(language, {useGrouping: "always"});
    // The page's own times are in the server's zone: so are these.
    const clock = new Intl.DateTimeFormat(language, {timeStyle: "medium", timeZone: config.timeZone});
    const at = (id) => document.getElementById(id);
    const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

    let etag = "";
    let body = null;
    let delay = FASTEST;
    let failures = 0;
    let timer = 0;
    let skew = 0;
    let announcedStep = 0;

    const now = () => Date.now() + skew;

    function lasting(seconds) {
        const s = Math.max(0, Math.round(seconds));
        if (s < 60) return say(texts.seconds, {n: s});
        if (s < 3600) return say(texts.minutes, {n: Math.floor(s / 60), s: s % 60});
        return say(texts.hours, {n: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60)});
    }

    function write(id, text) {
        if (at(id).textContent !== text) at(id).textContent = text;
    }

    function notice(id, text) {
        write(id, text);
        at(id).hidden = !text;
    }

    function show() {
        const {total, processed} = body.progress;
        write("state", texts[body.status]);
        at("badge").className = `estado estado-${body.status}`;
        write("icon", body.status === "pending" ? "⏳" : "▶");
        if (!total) write("rows", body.status === "pending" ? texts.waiting : texts.reading);
        showNumbers();
        showSpeed();
        announce(total, processed);
    }

    function showNumbers() {
        const {total, processed, successful, failed} = body.progress;
        if (total) {
            at("bar").max = total;
            at("bar").value = processed;
            write("rows", say(texts.rows, {done: number.format(processed), total: number.format(total)}));
            write("percent", `(${Math.floor(100 * processed / total)} %)`);
        }
        write("good", number.format(successful));
        write("bad", number.format(failed));
    }

    function showSpeed() {
        const {rows_per_second: speed, eta_seconds: left, total} = body.progress;
        const running = body.status === "processing";
        write("rate", running && speed >= 0.5 ? say(texts.perSecond, {rate: number.format(Math.round(speed))}) : "–");
        write("left", !running ? "–" : left !== null && total ? lasting(left) : texts.unknown);
    }

    // A progress bar's values are not read aloud by themselves: say each tenth.
    function announce(total, processed) {
        const step = total ? Math.floor(10 * processed / total) : 0;
        if (step <= announcedStep) return;
        announcedStep = step;
        const done = number.format(processed);
        write("announcement", say(texts.percent, {percent: 10 * step, done, total: number.format(total)}));
    }

    // What changes with time alone.
    function showTimes() {
        if (!body) return;
        const created = Date.parse(body.created_at);
        const started = body.started_at ? Date.parse(body.started_at) : now();
        const silent = (now() - Date.parse(body.updated_at)) / 1000;
        write("queued", lasting((started - created) / 1000));
        write("sign", silent < 2 ? texts.now : say(texts.ago, {time: lasting(silent)}));
        notice("stalled", stalled(silent));
    }

    function stalled(silent) {
        if (silent < config.lease) return "";
        const last = Date.parse(body.updated_at);
        const values = {since: clock.format(last), until: clock.format(last + 1000 * config.takeover)};
        if (body.status === "pending") return silent > config.takeover ? say(texts.longWait, values) : "";
        return say(silent < config.takeover ? texts.stalled : texts.abandoned, values);
    }

    function apply(next) {
        const moved = !body || next.progress.processed !== body.progress.processed || next.status !== body.status;
        body = next;
        delay = moved ? FASTEST : Math.min(SLOWEST, delay * 1.5);
        if (ENDS.includes(body.status)) {
            end();
            return false;
        }
        show();
        return true;
    }

    // How the upload ended: as the page of its result will say it.
    function outcome() {
        const {successful, failed} = body.progress;
        if (body.status === "completed" && body.solo_validar) return body.control.length ? "stopped" : "planned";
        if (body.status !== "completed" || !failed) return body.status;
        return successful ? "partial" : "nothing";
    }

    // The last picture has the last numbers.
    function end() {
        const how = outcome();
        at("progress").setAttribute("aria-busy", "false");
        showNumbers();
        showSpeed();
        notice("stalled", "");
        write("state", texts[how]);
        write("icon", {completed: "✔", partial: "⚠", cancelled: "■", planned: "☰", stopped: "⚠"}[how] || "✖");
        at("badge").className = `estado estado-${{nothing: "failed", stopped: "partial"}[how] || how}`;
        write("announcement", say(texts.ended, {state: texts[how]}));
        window.setTimeout(() => window.location.reload(), 1000);
    }

    function offline(wait) {
        notice("offline", say(texts.offline, {time: lasting(wait / 1000)}));
    }

    // How long to wait before the next question, or null to ask no more.
    async function ask() {
        const headers = {Accept: "application/json"};
        if (etag) headers["If-None-Match"] = etag;
        const answer = await fetch(config.status, {headers, cache: "no-store", credentials: "same-origin"});
        const date = Date.parse(answer.headers.get("Date"));
        // The header has whole seconds: a smaller difference is none.
        if (date && Math.abs(date - Date.now()) > 2000) skew = date - Date.now();
        if ([401, 403, 404].includes(answer.status)) {
            notice("offline", texts.signedOut);
            return null;
        }
        if (answer.status === 429 || answer.status >= 500) {
            const wait = 1000 * (Number(answer.headers.get("Retry-After")) || 5);
            if (answer.status >= 500) offline(wait);
            return wait;
        }
        failures = 0;
        notice("offline", "");
        if (answer.status === 304) {
            delay = Math.min(SLOWEST, delay * 1.5);
        } else {
            etag = answer.headers.get("ETag") || "";
            if (!apply(await answer.json())) return null;
        }
        showTimes();
        return document.hidden ? HIDDEN : delay;
    }

    async function poll() {
        window.clearTimeout(timer);
        let wait;
        try {
            wait = await ask();
        } catch {
            failures += 1;
            wait = Math.min(OFFLINE_MOST, 1000 * 2 ** failures);
            offline(wait);
        }
        if (wait !== null) timer = window.setTimeout(poll, wait);
    }

    document.addEventListener("visibilitychange", () => {
        if (!document.hidden && timer) poll();
    });
    window.addEventListener("online", poll);
    window.setInterval(showTimes, 1000);
    poll();
})();
