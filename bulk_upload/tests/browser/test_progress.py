"""The end of the progress page, and the one time zone of every page, in a real browser."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils.timezone import localtime
from playwright.sync_api import expect

from bulk_upload import snapshots
from bulk_upload.models import BulkUpload, Tally
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, make_upload, person
from bulk_upload.tests.helpers.browser import accessible, chromium, fits, visit  # noqa: F401 - fixtures
from bulk_upload.tests.helpers.rows import row
from medisupply.backends.database import database_now

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = timedelta(seconds=60)
FAR_AWAY = "Asia/Tokyo"


@pytest.fixture
def operator(supplier) -> User:
    return person("operadora", *ALL_OF_UPLOADS, "view_product", "view_supplier", "view_category")


def half_done(supplier) -> BulkUpload:
    """A claimed upload of 300 rows, 100 of them imported."""
    make_upload(supplier)
    upload = BulkUpload.objects.claim(BulkUpload.objects.get().pk, LEASE)
    assert upload
    upload.record_table(total=300, sheet="", encoding="", delimiter="", header_positions={}, next_row=2)
    upload.checkpoint(Tally(creados=100), 102, LEASE)
    snapshots.show(upload)
    return upload


def test_the_last_picture_before_the_result_has_the_last_numbers(visit, operator, supplier):  # noqa: F811
    upload = half_done(supplier)
    page = visit(operator, address("change", upload.pk))
    expect(page.locator("#rows")).to_have_text("100 de 300 filas")
    # What stands on the page when it leaves for the result.
    page.evaluate(
        """() => addEventListener("beforeunload", () => {
            const text = (id) => document.getElementById(id).textContent.trim();
            const names = ["state", "rows", "percent", "good", "bad", "rate", "left"];
            const last = Object.fromEntries(names.map((name) => [name, text(name)]));
            const {value, max} = document.getElementById("bar");
            last.bar = [value, max, document.getElementById("progress").getAttribute("aria-busy")];
            sessionStorage.setItem("last", JSON.stringify(last));
        })"""
    )
    upload.checkpoint(Tally(creados=190, rechazados=10, duplicados=3), 302, LEASE)
    upload.complete()
    snapshots.show(upload)
    expect(page.locator(".resultado .estado")).to_contain_text("Completada con errores")
    assert json.loads(page.evaluate("sessionStorage.getItem('last')")) == {
        "state": "Completada con errores",
        "rows": "300 de 300 filas",
        "percent": "(100 %)",
        "good": "290",
        "bad": "10",
        "rate": "–",
        "left": "–",
        "bar": [300, 300, "false"],
    }
    assert page.locator(".cuentas dd").all_inner_texts() == ["290", "0", "0", "10"]


@pytest.mark.parametrize("with_script", [True, False])
def test_the_times_of_a_page_are_of_one_zone_wherever_the_browser_is(visit, operator, supplier, with_script):  # noqa: F811
    silent = database_now() - timedelta(minutes=2)
    upload = make_upload(supplier, status="processing", total=10, started_at=silent, updated_at=silent)
    page = visit(operator, address("change", upload.pk), timezone_id=FAR_AWAY, java_script_enabled=with_script)
    if with_script:
        expect(page.locator("#sign")).to_contain_text("hace")
    hour, minute = re.search(r"(\d+):(\d\d)", page.locator("#stalled").inner_text()).groups()
    here = localtime(silent)
    assert (int(hour), int(minute)) == (here.hour, here.minute)


@pytest.mark.parametrize("width", [1366, 390])
def test_the_page_of_changes_fits_and_is_accessible(visit, operator, run_import, width):  # noqa: F811
    run_import([row(n) for n in range(1, 60)])
    rows = [row(n, precio_unitario="5000" if n == 3 else "1300", nombre="Nombre " + "largo" * 30) for n in range(1, 60)]
    upload = run_import(rows, replace=True)
    page = visit(operator, address("change", upload.pk), width=width)
    page.click("text=1 cambio grande de «precio_unitario»")
    expect(page.locator(".cambios tbody tr")).to_have_count(1)
    expect(page.locator(".marca")).to_have_text(re.compile(r"Cambio grande de «precio_unitario»: \+299 %"))
    fits(page)
    accessible(page)
    page.click("text=Todos los cambios")
    expect(page.locator(".cambios tbody tr")).to_have_count(50)
    page.click(".paginas a")
    expect(page.locator(".cambios tbody tr")).to_have_count(9)
    fits(page)
    accessible(page)
