// Select2 gives the text of its choice the role of a text box, but no name: take the label's.
"use strict";
django.jQuery(() => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
        // Of a field with several values the box in which one writes stands among its choices, and has no name either.
        const unnamed = select.parentElement.querySelectorAll(".select2-selection__rendered, .select2-search__field");
        const name = select.labels.length ? select.labels[0].textContent.trim().replace(/:$/, "") : "";
        if (name) unnamed.forEach((element) => element.setAttribute("aria-label", name));
    }
});
