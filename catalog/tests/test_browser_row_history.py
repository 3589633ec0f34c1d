"""A person asks in a real browser where a price comes from: with the keyboard, from the field to the file."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.browser import accessible, chromium, fits, visit  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.rows import row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
PRODUCT = "/admin/catalog/product/PROD00001/"


def test_from_the_price_to_its_file(visit, admin_user, run_import):  # noqa: F811
    upload = run_import([row(7), row(1, precio_unitario="1250.5")])
    BulkUpload.objects.filter(pk=upload.pk).update(created_by=admin_user, filename="enero.xlsx")
    page = visit(admin_user, f"{PRODUCT}change/")
    accessible(page)
    page.locator("#id_precio_unitario").focus()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_accessible_name("¿De dónde salió? Precio unitario")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"history/\?campo=precio_unitario"))
    expect(page.locator("h1")).to_have_text("¿De dónde salió «precio unitario»?")
    expect(page.locator(".historia .nota")).to_contain_text("el archivo «enero.xlsx», fila 3, subido por admin")
    accessible(page)
    fits(page)
    page.locator(".historia .nota a").click()
    page.wait_for_url(re.compile(str(upload.pk)))
    page.go_back()
    page.click("text=Toda la historia")
    page.click("text=Todos sus valores")
    expect(page.locator(".cambios details li").filter(has_text="Precio unitario")).to_have_text(
        "Precio unitario: 1.250,50"
    )
    accessible(page)
