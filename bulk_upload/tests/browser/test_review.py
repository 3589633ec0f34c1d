"""A list with unknown headers: looked at, set right and imported by keyboard on a telephone; the next one by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bulk_upload.models import BulkUpload, RememberedMapping
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, person
from bulk_upload.tests.helpers.browser import accessible, chromium, fits, visit  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.erp_files import MAPPING, erp_list
from bulk_upload.tests.helpers.processes import worker_process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ADD = "/admin/bulk_upload/bulkupload/add/"
SECONDS = 60_000


@pytest.fixture
def operator(supplier, aws):
    return person("operadora", *ALL_OF_UPLOADS)


def choose(page: Page, content: bytes, name: str) -> None:
    page.goto(ADD)
    page.select_option("#id_proveedor", "PROV001")
    page.set_input_files("#id_file", {"name": name, "mimeType": "text/csv", "buffer": content})


def press_until(page: Page, key: str, selector: str) -> None:
    """Press the key until that element has the focus."""
    for _ in range(60):
        if page.evaluate("(selector) => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} was not reached")


def test_unknown_headers_are_mapped_by_keyboard_on_a_telephone_and_the_next_file_needs_no_question(
    visit,  # noqa: F811
    operator,
):
    page = visit(operator, ADD, width=390)
    choose(page, erp_list(1, 2), "enero.csv")
    page.check("#id_revisar")
    page.focus(".submit-row input")
    page.keyboard.press("Enter")
    expect(page.locator("#review[data-waits]")).to_be_attached()
    accessible(page)
    with worker_process("--wait", "1"):
        expect(page.locator(".revision-columnas")).to_be_visible(timeout=SECONDS)
        fits(page)
        accessible(page)
        for letter, target in zip("ABCDEFGHI", MAPPING["columnas"].values(), strict=True):
            press_until(page, "Tab", f"#id_columna-{letter}")
            page.keyboard.type(target or "(no")
        # The last choice is shown: nothing is missing any more, and a value is read.
        page.keyboard.press("Tab")
        expect(page.locator("#review")).to_contain_text("1250.50", timeout=SECONDS)
        expect(page.locator("#review")).not_to_contain_text("obligatorias", timeout=SECONDS)
        fits(page)
        accessible(page)
        press_until(page, "Tab", "button.paso")
        page.keyboard.press("Enter")
        expect(page.locator(".resultado .estado")).to_contain_text("Completada", timeout=SECONDS)
        assert page.locator(".cuentas dd").first.text_content() == "2"
        choose(page, erp_list(3, 4, 5), "febrero.csv")
        page.click(".submit-row input")
        expect(page.locator(".resultado")).to_contain_text(
            "Se leyó con las columnas recordadas «enero»", timeout=SECONDS
        )
        expect(page.locator(".cuentas dd").first).to_have_text("3")
    assert list(BulkUpload.objects.order_by("number").values_list("creados", flat=True)) == [2, 3]
    page.goto(f"/admin/bulk_upload/rememberedmapping/{RememberedMapping.objects.get().pk}/change/")
    fits(page)
    accessible(page)
    page.goto("/admin/bulk_upload/rememberedmapping/")
    fits(page)
    accessible(page)
