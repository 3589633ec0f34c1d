"use strict";

// Swagger's choice of a server has no name that a screen reader could say.
new MutationObserver(() => {
    const servers = document.getElementById("servers");
    if (servers && !servers.hasAttribute("aria-label")) servers.setAttribute("aria-label", "Servidor");
}).observe(document.getElementById("swagger-ui"), {childList: true, subtree: true});
