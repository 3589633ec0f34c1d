"""Files that the admin gives away."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from bulk_upload import storage
from bulk_upload.tests.helpers.admin_people import address, make_upload
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.sheets.products import PRODUCTS


def content(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def upload(accept, worker):
    upload = accept(csv_bytes([row(1), row(2, precio_unitario="=1+1")]), "año 2026.csv")
    worker.step()
    upload.refresh_from_db()
    return upload


def test_the_original_comes_back_byte_for_byte_through_django(staff, upload):
    response = staff.get(address("original", upload.pk))
    assert content(response) == csv_bytes([row(1), row(2, precio_unitario="=1+1")])
    assert response["Content-Disposition"] == (
        "attachment; filename=\"a_o 2026.csv\"; filename*=UTF-8''a%C3%B1o%202026.csv"
    )
    assert response["Content-Type"] == "text/csv"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_rows_to_correct_come_as_a_workbook(staff, upload, worker):
    staff.get(address("corrections", upload.pk))
    worker.step()
    response = staff.get(address("corrections", upload.pk))
    sheet = load_workbook(io.BytesIO(content(response))).worksheets[0]
    assert sheet.max_row == 2
    assert 'filename="corregir_a_o 2026.xlsx"' in response["Content-Disposition"]


@pytest.mark.parametrize(
    ("page", "path"),
    [
        (("original",), "{}/file"),
        (("corrections",), "{}/corrections"),
        (("errors", "csv"), "{}/errors.csv"),
        (("errors", "xlsx"), "{}/errors.xlsx"),
    ],
)
def test_both_doors_give_the_same_file(staff, api, upload, worker, page, path):
    name, *rest = page
    own = address(name, upload.pk, *rest)
    other = f"/api/v1/catalog/bulk-upload/{path.format(upload.pk)}"
    if name == "corrections":
        staff.get(own)
        worker.step()
    first, second = staff.get(own), api.get(other)
    for header in ("Content-Type", "Content-Disposition", "Content-Length", "X-Content-Type-Options"):
        assert first.get(header) == second.get(header)
    assert content(first) == content(second)


@pytest.mark.parametrize(("file_format", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK\x03\x04")])
def test_all_errors_come_as_csv_and_workbook(staff, upload, file_format, start):
    response = staff.get(address("errors", upload.pk, file_format))
    body = content(response)
    assert body.startswith(start)
    assert f'filename="errores_a_o 2026.{file_format}"' in response["Content-Disposition"]
    if file_format == "csv":
        assert "'=1+1" in body.decode()


def test_other_formats_are_not_found(staff, upload):
    assert staff.get(address("errors", upload.pk, "exe")).status_code == 404
    assert staff.get(address("template", "otra")).status_code == 404


@pytest.mark.parametrize("fault", [storage.StorageDown("x"), storage.FileGone("x")])
def test_a_store_without_the_file_is_told_on_the_uploads_page(staff, upload, monkeypatch, fault):
    def fail(*args, **more):
        raise fault

    monkeypatch.setattr(storage, "stream", fail)
    page = staff.get(address("original", upload.pk), follow=True).content.decode()
    assert "almacén" in page


def test_a_missing_original_is_told_on_the_uploads_page_when_rows_are_to_be_corrected(staff, upload, worker):
    storage.discard(upload.s3_key)
    staff.get(address("corrections", upload.pk))
    worker.step()
    assert "ya no está en el almacén" in staff.get(address("corrections", upload.pk), follow=True).content.decode()


@pytest.mark.parametrize(("kind", "rows"), [("vacia", 1), ("ejemplo", 11)])
def test_templates_offer_the_categories_that_exist(staff, upload, kind, rows):
    response = staff.get(address("template", kind))
    workbook = load_workbook(io.BytesIO(content(response)))
    assert [cell.value for cell in workbook["Productos"][1]] == list(PRODUCTS.names)
    assert workbook["Productos"].max_row == rows
    assert "GUANTES" in [cell.value for cell in workbook["Instrucciones"]["A"]]


def test_the_example_template_is_imported_without_an_error(staff, accept, worker):
    example = content(staff.get(address("template", "ejemplo")))
    upload = accept(example, "ejemplo.xlsx")
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.creados, upload.rechazados) == ("completed", 10, 0)


def test_who_may_not_upload_gets_no_template(bystander):
    assert bystander.get(address("template", "vacia")).status_code == 403


def test_downloads_need_the_permission(bystander, supplier):
    upload = make_upload(supplier)
    for name in ("original", "corrections"):
        assert bystander.get(address(name, upload.pk)).status_code == 403
    assert bystander.get(address("errors", upload.pk, "csv")).status_code == 403
