// The search box of a field that takes several values has no label of its own: it is named as its field.
window.addEventListener("load", () => {
    for (const box of document.querySelectorAll(".form-row .select2-search__field")) {
        const label = box.closest(".form-row").querySelector("label");
        if (label) box.setAttribute("aria-label", label.textContent.replace(/:\s*$/, ""));
    }
});
