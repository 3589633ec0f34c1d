// The upload page: drag and drop, a check before sending, and the bytes going up. Without this file the
// form is sent as any other.
(() => {
    "use strict";

    const MEGABYTE = 1024 * 1024;
    const form = document.getElementById("upload-form");
    const input = form.elements.namedItem("file");
    const zone = document.getElementById("drop-zone");
    const chosen = document.getElementById("chosen");
    const transfer = document.getElementById("transfer");
    const bar = document.getElementById("transfer-bar");
    const transferText = document.getElementById("transfer-text");
    const status = document.getElementById("upload-status");
    const button = form.querySelector("input[type=submit]");
    const texts = JSON.parse(document.getElementById("upload-texts").textContent);
    const number = new Intl.NumberFormat(document.documentElement.lang, {maximumFractionDigits: 1});

    const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    const megabytes = (bytes) => number.format(bytes / MEGABYTE);
    const size = (bytes) => bytes < MEGABYTE ? `${Math.ceil(bytes / 1024)} KB` : `${megabytes(bytes)} MB`;

    function showErrors(errors) {
        clearErrors();
        for (const [name, messages] of Object.entries(errors)) {
            const row = form.querySelector(`[data-field="${CSS.escape(name)}"]`) || form.querySelector("[data-field=file]");
            const list = document.createElement("ul");
            list.className = "errorlist";
            list.id = `id_${name}_error`;
            for (const message of messages) {
                const item = document.createElement("li");
                item.textContent = message;
                list.append(item);
            }
            row.classList.add("errors");
            row.prepend(list);
            const field = form.elements.namedItem(name);
            if (field) {
                field.setAttribute("aria-invalid", "true");
                field.setAttribute("aria-describedby", list.id);
                field.focus();
            }
        }
        status.textContent = Object.values(errors).flat().join(" ");
    }

    function clearErrors() {
        form.querySelectorAll(".errorlist, .errornote").forEach((list) => list.remove());
        form.querySelectorAll(".errors").forEach((row) => row.classList.remove("errors"));
        form.querySelectorAll("[aria-invalid]").forEach((field) => {
            field.removeAttribute("aria-invalid");
            field.removeAttribute("aria-describedby");
        });
        status.textContent = "";
    }

    // What can be known before a byte is sent; the server checks everything again.
    function fault(file) {
        if (!file) return texts.noFile;
        const known = input.accept.split(",").some((extension) => file.name.toLowerCase().endsWith(extension));
        if (!known) return say(texts.wrongType, {name: file.name});
        if (file.size > Number(form.dataset.maxBytes)) return say(texts.tooLarge, {limit: form.dataset.maxMegabytes});
        return "";
    }

    function choose() {
        const file = input.files[0];
        clearErrors();
        chosen.hidden = !file;
        if (!file) return;
        chosen.textContent = say(texts.chosen, {name: file.name, size: size(file.size)});
        status.textContent = chosen.textContent;
        const reason = fault(file);
        if (reason) showErrors({file: [reason]});
    }

    function busy(isBusy) {
        transfer.hidden = !isBusy;
        button.disabled = isBusy;
        form.setAttribute("aria-busy", String(isBusy));
    }

    function failed(messages) {
        busy(false);
        showErrors(messages);
    }

    function answered(request) {
        let body = {};
        try {
            body = JSON.parse(request.responseText);
        } catch {
            // Not ours: a proxy's page, or the sign-in.
        }
        if (request.status === 201 && body.address) {
            window.location.assign(body.address);
        } else if (body.errors) {
            failed(body.errors);
        } else if (request.status === 403 || request.responseURL.includes("/login/")) {
            failed({file: [texts.expired]});
        } else {
            failed({file: [say(texts.failed, {status: request.status})]});
        }
    }

    function send() {
        const request = new XMLHttpRequest();
        request.open("POST", form.action);
        request.setRequestHeader("Accept", "application/json");
        request.upload.addEventListener("progress", (event) => {
            if (!event.lengthComputable) return;
            const percent = Math.floor(100 * event.loaded / event.total);
            bar.value = percent;
            transferText.textContent = event.loaded < event.total
                ? say(texts.sending, {percent, sent: megabytes(event.loaded), total: megabytes(event.total)})
                : texts.sent;
        });
        request.addEventListener("load", () => answered(request));
        request.addEventListener("error", () => failed({file: [texts.noConnection]}));
        bar.value = 0;
        busy(true);
        status.textContent = document.querySelector("label[for=transfer-bar]").textContent;
        request.send(new FormData(form));
    }

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const reason = fault(input.files[0]);
        if (reason) {
            showErrors({file: [reason]});
            return;
        }
        clearErrors();
        send();
    });
    input.addEventListener("change", choose);

    // A file that is dropped beside the zone must not replace the page.
    for (const name of ["dragover", "drop"]) {
        document.addEventListener(name, (event) => event.preventDefault());
    }
    zone.addEventListener("dragover", () => zone.classList.add("zona-encima"));
    zone.addEventListener("dragleave", () => zone.classList.remove("zona-encima"));
    zone.addEventListener("drop", (event) => {
        zone.classList.remove("zona-encima");
        const files = event.dataTransfer.files;
        if (files.length > 1) {
            showErrors({file: [texts.onlyOne]});
        } else if (files.length === 1) {
            input.files = files;
            choose();
        }
    });
    zone.querySelector(".zona-invita").hidden = false;
    // After "back" the browser may still have the file.
    choose();
})();
