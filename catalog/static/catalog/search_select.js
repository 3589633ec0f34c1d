// Select2 gives the text of its choice the role of a text box, but no name: take the label's.
"use strict";
django.jQuery(() => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
        const text = select.parentElement.querySelector(".select2-selection__rendered");
        if (text && select.labels.length) text.setAttribute("aria-label", select.labels[0].textContent.trim());
    }
});
