"""GTIN, registration, ATC code and temperatures of products: what lands, what is refused, what only warns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from bulk_upload.importing.mapping.target import target_of
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.row_errors import problems, warnings
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.workbooks.errors_file import ExportFormat
from catalog.exports import export_products
from catalog.models import Product
from catalog.sheets.products import PRODUCTS
from catalog.sheets.stock import STOCK
from catalog.tests.pages import Page

pytestmark = pytest.mark.django_db
WRITERS = ["copy", "orm"] if connection.vendor == "postgresql" else ["orm"]
URL = "/api/v1/catalog/items"

GOOD = {
    "gtin": "00012348",
    "registro_invima": "INVIMA 2024DM-0012345",
    "atc": "a10ba02",
    "registro_vence": "31/05/2080",
    "temperatura_min": "-20,5",
    "temperatura_max": "8",
}
KEPT = {
    "gtin": "00012348",
    "registro_invima": "INVIMA 2024DM-0012345",
    "atc": "A10BA02",
    "registro_vence": date(2080, 5, 31),
    "temperatura_min": Decimal("-20.5"),
    "temperatura_max": Decimal("8.0"),
}
NOTHING = {**dict.fromkeys(["gtin", "registro_invima", "atc"], ""), **dict.fromkeys(list(KEPT)[3:])}


def kept() -> list[dict[str, Any]]:
    return list(Product.objects.order_by("id").values(*KEPT))


@pytest.mark.parametrize("run_import", WRITERS, indirect=True)
def test_values_and_their_absence_are_written_by_either_writer(run_import):
    run_import([row(1, **GOOD), row(2)])
    assert kept() == [KEPT, NOTHING]
    run_import([row(1, temperatura_max="9"), row(2, **GOOD)], replace=True)
    assert kept() == [{**KEPT, "temperatura_max": Decimal("9.0")}, KEPT]


def test_a_blank_cell_keeps_what_the_product_has(run_import):
    run_import([row(1, **GOOD)])
    upload = run_import([row(1, nombre="Otro")], replace=True)
    assert (upload.actualizados, kept()) == (1, [KEPT])


def test_odd_values_land_with_a_warning(run_import):
    upload = run_import([row(1, registro_invima="en trámite", atc="A1", registro_vence="2020-01-31"), row(2, **GOOD)])
    assert upload.creados == 2
    assert sorted(w for w in warnings(upload) if w[2] != "new_category") == [
        (2, "atc", "unusual_form"),
        (2, "registro_invima", "unusual_form"),
        (2, "registro_vence", "past_date"),
    ]


def test_a_wrong_check_digit_and_temperatures_in_the_wrong_order_are_refused(run_import):
    upload = run_import(
        [
            row(1, gtin="7701234567898"),
            row(2, temperatura_min="8.5", temperatura_max="8", atc="A1"),
            row(3, temperatura_min="8.5"),
        ]
    )
    assert problems(upload) == [(2, "gtin", "wrong_check_digit"), (3, "temperatura_min", "temperatures_reversed")]
    assert [warning for warning in warnings(upload) if warning[2] == "unusual_form"] == []
    assert list(Product.objects.values_list("pk", flat=True)) == ["PROD00003"]


def test_a_temperature_is_compared_with_the_one_that_the_product_has(run_import):
    run_import([row(1, **GOOD), row(2, **GOOD)])
    upload = run_import([row(1, temperatura_min="8.5"), row(2, temperatura_min="7.5")], replace=True)
    assert problems(upload) == [(2, "temperatura_min", "temperatures_reversed")]
    assert [each["temperatura_min"] for each in kept()] == [Decimal("-20.5"), Decimal("7.5")]


@pytest.mark.parametrize("wrong", [{"gtin": "123"}, {"temperatura_min": 9, "temperatura_max": 8}])
def test_the_database_itself_refuses_what_is_wrong(run_import, wrong):
    run_import([row(1)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(**wrong)


# A file without the columns


def without(*names: str) -> set[str]:
    return set(PRODUCTS.names) - set(names)


def test_what_a_file_does_not_name_is_not_written():
    assert set(PRODUCTS.names) - set(target_of("productos", without(*KEPT)).names) == set(KEPT)
    assert len(target_of("productos").rules) == 4
    assert [rule.columns[0] for rule, _ in target_of("productos", without(*KEPT)).rules] == ["stock_critico"]


def test_what_another_column_is_compared_with_and_what_has_another_default_is_written():
    names = target_of("productos", without("temperatura_max", "presentacion", "gtin")).names
    assert {"temperatura_max", "presentacion"} <= set(names)
    assert "gtin" not in names


def test_keys_and_what_rows_refer_to_are_always_written():
    names = target_of(STOCK.name, {"producto_id", "bodega", "cantidad"}).names
    assert names == ("producto", "bodega", "lote", "cantidad", "fecha_vencimiento")


def test_a_list_of_prices_says_nothing_of_a_registration_that_it_does_not_name(accept, worker):
    def sent(*rows: dict[str, Any], replace: bool) -> BulkUpload:
        upload = accept(csv_bytes(rows), replace=replace)
        worker.step()
        return BulkUpload.objects.get(pk=upload.pk)

    sent(row(1, **{**GOOD, "registro_vence": "2020-01-31"}), replace=False)
    upload = sent(row(1, nombre="Otro"), row(2), replace=True)
    assert (upload.creados, upload.actualizados, warnings(upload)) == (1, 1, [])
    assert kept() == [{**KEPT, "registro_vence": date(2020, 1, 31)}, NOTHING]


# Other ways in and out


def send(api: Any, method: str, address: str, data: dict[str, Any]) -> Any:
    return getattr(api, method)(address, data, format="json")


def test_the_api_takes_them_by_the_same_rules(api):
    made = send(api, "post", URL, row(1, **{**GOOD, "atc": "a1"}))
    body = made.json()
    assert (made.status_code, kept()) == (201, [{**KEPT, "atc": "A1"}])
    assert (body["temperatura_min"], body["registro_vence"], body["gtin"]) == ("-20.5", "2080-05-31", "00012348")
    assert "unusual_form" in [warning["codigo"] for warning in body["advertencias"]]
    refused = send(api, "patch", f"{URL}/PROD00001", {"temperatura_min": 20, "gtin": "00012348"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "temperatures_reversed")
    refused = send(api, "patch", f"{URL}/PROD00001", {"gtin": 7701234567898})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "wrong_check_digit")


def test_the_api_clears_what_is_null(api):
    send(api, "post", URL, row(1, **GOOD))
    answer = send(api, "patch", f"{URL}/PROD00001", {"temperatura_min": None, "registro_vence": None, "gtin": None})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert kept() == [{**KEPT, "temperatura_min": None, "registro_vence": None, "gtin": ""}]
    assert send(api, "patch", f"{URL}/PROD00001", {"temperatura_min": None}).json()["version"] == 2
    assert send(api, "put", f"{URL}/PROD00001", row(1)).json()["version"] == 3
    assert kept() == [NOTHING]


def test_a_refused_change_clears_nothing(api):
    send(api, "post", URL, row(1, **GOOD))
    assert send(api, "patch", f"{URL}/PROD00001", {"temperatura_min": None, "codigo": ""}).status_code == 400
    assert kept() == [KEPT]


def test_an_export_has_them_and_is_imported_again_unchanged(run_import, accept, worker):
    run_import([row(1, **GOOD), row(2)])
    for file_format in (ExportFormat.CSV, ExportFormat.XLSX):
        content = b"".join(export_products(Product.objects.order_by("id"), file_format))
        upload = accept(content, f"a.{file_format}", replace=True)
        worker.step()
        upload = BulkUpload.objects.get(pk=upload.pk)
        assert (upload.sin_cambios, warnings(upload)) == (2, [])


def test_the_admins_form_knows_the_check_digit_and_the_order(run_import, person):
    run_import([row(1, **GOOD)])
    address = "/admin/catalog/product/PROD00001/change/"
    assert "no corresponde a los demás" in Page(person, address).change(gtin="7701234567898").refused().text
    assert "no puede ser mayor que la máxima" in Page(person, address).change(temperatura_min="9").refused().text
    Page(person, address).change(atc="n02be01", temperatura_min="", registro_vence="").save()
    assert kept() == [{**KEPT, "atc": "N02BE01", "temperatura_min": None, "registro_vence": None}]
