"""A mapping that comes with a file: from the form to the catalogue, and again for what follows from the upload."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from bulk_upload.api.addresses import STATUS
from bulk_upload.intake import retry_upload
from bulk_upload.models import BulkUpload, Status
from bulk_upload.plans.apply import apply_plan
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import URL, a_file, refused, stored
from catalog.models import Product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

NAMES = {"id": "Ref.", "codigo": "Cód. Art.", "nombre": "Detalle", "precio_unitario": "PVP"}
MAPPING: dict[str, Any] = {
    "columnas": {**{text: name for name, text in NAMES.items()}, "Obs": None},
    "constantes": {"certificado_sanitario": "N/A"},
    "decimal": {"precio_unitario": ","},
}


def of_an_erp(*rows: dict[str, str]) -> bytes:
    """The rows as their ERP exports them: other headers, decimals after a comma, no certificate, one more column."""
    text = io.StringIO()
    names = [name for name in row(1) if name != "certificado_sanitario"]
    writer = csv.writer(text, delimiter=";")
    writer.writerow([*(NAMES.get(name, name) for name in names), "Obs"])
    for each in rows:
        cells = {**each, "precio_unitario": each["precio_unitario"].replace(".", ",")}
        writer.writerow([*(cells[name] for name in names), "x"])
    return text.getvalue().encode()


def send(api, mapping: Any = None, content: bytes | None = None, **form: str) -> Any:
    content = of_an_erp(row(1), row(2, precio_unitario="1.250")) if content is None else content
    text = mapping if isinstance(mapping, str) else json.dumps(mapping)
    return api.post(URL, {"file": a_file(content=content), **({"mapping": text} if mapping else {}), **form})


def ended(answer: Any, worker: Any) -> BulkUpload:
    assert answer.status_code == 202, answer.json()
    worker.step()
    return BulkUpload.objects.get(pk=answer.json()["task_id"])


def test_a_file_of_other_headers_is_imported_by_its_mapping(api, worker):
    upload = ended(send(api, MAPPING), worker)
    assert (upload.status, upload.total, upload.creados, upload.rechazados) == (Status.COMPLETED, 2, 2, 0)
    product = Product.objects.get(id="PROD00001")
    assert (product.certificado_sanitario, product.precio_unitario) == ("N/A", Decimal("1250.50"))
    assert Product.objects.get(id="PROD00002").precio_unitario == Decimal("1.25")
    assert upload.mapping == MAPPING
    assert not upload.row_errors.filter(codigo="unknown_column").exists()  # «Obs» is known to be ignored


def test_without_it_the_file_is_refused_in_words(api, worker):
    upload = ended(send(api), worker)
    assert (upload.status, upload.error_code) == (Status.FAILED, "missing_columns")


@pytest.mark.parametrize(
    ("mapping", "code", "named"),
    [
        ({"columnas": {"PVP": "precio"}}, "mapping_unknown_target", "«precio»"),
        ({"columnas": {"A": "id", "B": "id"}}, "mapping_target_twice", "«A»"),
        ({"constantes": {"precio_unitario": "caro"}}, "mapping_constant_refused", "«caro»"),
        ({"columnas": {"A": "atc"}, "constantes": {"atc": "A10"}}, "mapping_constant_beside_column", "«atc»"),
        ({"decimal": {"nombre": ","}}, "mapping_not_a_number", "«nombre»"),
        ({"columnas": {"<script>": "<img src=x>"}}, "mapping_unknown_target", "«<img src=x>»"),
        ("[1]", "mapping_not_json", "JSON"),
        ("[" * 60_000, "mapping_not_json", "JSON"),
        ('{"hoja": "\\u0000"}', "mapping_bad_character", "hoja"),
        ('{"hoja": "' + "x" * 70_000 + '"}', "mapping_too_large", "64"),
    ],
)
def test_a_mapping_that_does_not_fit_is_422_by_name_and_leaves_nothing(api, mapping, code, named):
    before = stored()
    answer = send(api, mapping)
    refused(answer, 422, code)
    assert named in answer.json()["message"]
    assert [error["field"] for error in answer.json()["errors"]] == ["mapping"]
    assert (stored(), BulkUpload.objects.count()) == (before, 0)


def test_a_column_that_the_file_does_not_have_fails_the_upload_by_name(api, worker):
    upload = ended(send(api, {"columnas": {**MAPPING["columnas"], "Precio neto": "stock_minimo"}}), worker)
    assert (upload.status, upload.error_code) == (Status.FAILED, "mapping_column_missing")
    assert upload.error_params["columna"] == "Precio neto"


def test_another_mapping_is_another_upload(api):
    first = send(api, MAPPING).json()["task_id"]
    reordered = {**MAPPING, "columnas": dict(reversed(MAPPING["columnas"].items()))}
    assert send(api, reordered).json()["task_id"] == first
    assert send(api, {**MAPPING, "decimal": {}}).json()["task_id"] != first
    assert send(api).json()["task_id"] != first


def test_a_key_is_not_used_again_for_another_mapping(api):
    form = {"file": a_file(content=of_an_erp(row(1))), "mapping": json.dumps(MAPPING)}
    assert api.post(URL, form, headers={"Idempotency-Key": "clave-1"}).status_code == 202
    again = api.post(URL, {"file": a_file(content=of_an_erp(row(1)))}, headers={"Idempotency-Key": "clave-1"})
    refused(again, 422, "idempotency_key_reused")


def test_a_plan_and_its_application_read_the_file_alike(accept, worker, user):
    plan = accept(of_an_erp(row(1), row(2)), plan=True, mapping=SheetMapping.of(MAPPING))
    worker.step()
    plan.refresh_from_db()
    assert (plan.status, plan.creados) == (Status.COMPLETED, 2)
    upload = apply_plan(plan, user)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.creados, Product.objects.count()) == (Status.COMPLETED, 2, 2)


def test_a_retry_goes_on_with_the_mapping(accept, worker):
    upload = accept(of_an_erp(row(1)), mapping=SheetMapping.of(MAPPING))
    upload.cancel()
    assert retry_upload(upload)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.creados) == (Status.COMPLETED, 1)


def test_corrected_rows_are_read_by_the_mapping_of_their_original(accept, worker, corrections):
    content = of_an_erp(row(1), row(2, precio_unitario="caro"))
    original = accept(content, mapping=SheetMapping.of(MAPPING))
    worker.step()
    book = corrections(original)
    upload = accept(book, name="filas.xlsx")
    worker.step()
    upload.refresh_from_db()
    assert (upload.corrects_id, upload.rechazados, upload.error_code) == (original.pk, 1, "")
    assert upload.mapping == {**MAPPING, "fila_encabezado": 1}
    error = upload.row_errors.get(severity="error")
    assert (error.columna, error.codigo) == ("precio_unitario", "not_a_number")


def test_a_mapping_of_values_alone_is_kept_for_corrections_too(accept, worker, corrections):
    mapping = SheetMapping(decimal={"precio_unitario": ","}, constantes={"atc": "A10"})
    original = accept(csv_bytes([row(1, nombre="", precio_unitario="1.250")]), mapping=mapping)
    worker.step()
    upload = accept(corrections(original), name="filas.xlsx")
    worker.step()
    upload.refresh_from_db()
    assert [error.columna for error in upload.row_errors.filter(severity="error")] == ["nombre"]
    assert upload.sheet_mapping.decimal == mapping.decimal


def test_the_totals_below_a_file_are_a_warning_with_their_row(api, worker):
    totals = dict.fromkeys(row(1), "") | {"nombre": "TOTAL GENERAL", "precio_unitario": "2501"}
    upload = ended(send(api, content=csv_bytes([row(1), row(2), totals])), worker)
    assert (upload.status, upload.total, upload.creados, upload.rechazados) == (Status.COMPLETED, 2, 2, 0)
    warning = upload.row_errors.get(severity="warning", codigo="totals_row")
    assert (warning.fila, warning.params) == (4, {"numero": 4, "valor": "TOTAL GENERAL"})
    told = api.get(f"{STATUS}{upload.pk}").json()["result"]["advertencias"][-1]
    assert (told["fila"], told["error"]) == (
        4,
        "La última fila, la 4, es de totales («TOTAL GENERAL») y no se importó.",
    )


def test_a_formula_as_a_constant_is_a_text_as_in_any_cell(api, worker):
    formula = '=HYPERLINK("http://x")'
    ended(send(api, {**MAPPING, "constantes": {"certificado_sanitario": formula}}), worker)
    assert Product.objects.get(id="PROD00001").certificado_sanitario == formula
    assert api.get("/api/v1/catalog/items/PROD00001").json()["certificado_sanitario"] == formula
