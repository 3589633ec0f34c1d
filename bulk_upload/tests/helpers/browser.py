"""Debian's Chromium for the tests: people who open the admin in it, and what must never happen meanwhile."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

# No page of the tests needs the network; a browser that is new to a machine asks for a lot.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
# The tool's script takes a while to load and its full report to hand over: a third of all that it takes.
AXE = Axe().axe_script
# Without its look into the style sheets, for which the tool itself would add styles to the page.
VIOLATIONS = """async () => {
    const report = await axe.run({preload: false, resultTypes: ["violations"]});
    return report.violations.map((rule) => [rule.id, rule.impact, rule.nodes[0].html]);
}"""
MISSING = (
    "No Chromium was found: set CHROMIUM to its path, or install it (on Debian: apt-get install chromium). "
    "Without one the browser tests are skipped; with REQUIRE_BROWSER=1 they fail."
)
# Errors to the console that tests ask for: a refused upload, a lost connection.
MEANT = re.compile("status of (400|413|415)|ERR_INTERNET_DISCONNECTED")
Visit = Callable[..., Page]


def chromium_path() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    # The browser's driver keeps an event loop in this thread, which makes Django suspect asynchronous code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # Chromium's own sandbox refuses to work for root, as whom containers run.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Visit]:
    """Opens an address as a person; at the end, no page may have complained about anything."""
    complaints: list[str] = []
    contexts = []

    def run(user: User, address: str, *, language: str = "es", width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, locale=language, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        client = Client()
        client.force_login(user)
        session = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": session.value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("console", lambda message: complaints.append(message.text) if _is_fault(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        # From the start: when a test begins to wait for one, the browser may not know yet that it should tell.
        page.on("filechooser", lambda chooser: None)
        page.goto(address)
        return page

    yield run
    for context in contexts:
        context.close()
    faults = [text for text in complaints if not MEANT.search(text)]
    assert not faults, faults


def _is_fault(message: ConsoleMessage) -> bool:
    """An error, unless it says that the page itself is one, such as 404: the test asked for it."""
    asked_for = message.page is not None and message.location["url"] == message.page.url
    return message.type == "error" and not asked_for


def accessible(page: Page, *but: str) -> None:
    """No serious or critical violation of the accessibility rules, `but` those that are named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(VIOLATIONS)
    serious = {name: example for name, impact, example in found if impact in ("serious", "critical")}
    serious = {name: example for name, example in serious.items() if name not in but}
    assert not serious, f"{page.url}: {serious}"


def fits(page: Page) -> None:
    """The page needs no scrolling to the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def lies_within(page: Page, selector: str) -> bool:
    """Whether the element, and each box that could cut it off, ends within the screen and within its parents."""
    return bool(
        page.evaluate(
            """(selector) => [...document.querySelectorAll(selector)].every((element) => {
                const right = element.getBoundingClientRect().right;
                if (right > window.innerWidth) return false;
                for (let parent = element.parentElement; parent; parent = parent.parentElement) {
                    const clips = getComputedStyle(parent).overflowX !== "visible";
                    if (clips && right > parent.getBoundingClientRect().right + 1) return false;
                }
                return true;
            })""",
            selector,
        )
    )


def drop(page: Page, name: str, content: str) -> None:
    """Let go of a file over the drop zone."""
    transfer = page.evaluate_handle(
        """([name, content]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([content], name, {type: "text/csv"}));
            return transfer;
        }""",
        [name, content],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("#drop-zone", event, {"dataTransfer": transfer})
