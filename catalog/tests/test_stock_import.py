"""The sheet "existencias": what lands, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bulk_upload.models import BulkUpload, RowError
from catalog.models import Product, StockLot, Supplier, Warehouse
from catalog.sheets.stock import STOCK
from catalog.tests.stock_rows import api_of, make_lot, make_product, make_warehouse

pytestmark = pytest.mark.django_db

DAY = dt.date(2027, 3, 31)


@pytest.fixture
def catalogue(supplier: Supplier) -> Supplier:
    """Products P1 (nothing required), P2 (a batch), P3 (a day) of the supplier, and X1 of another one."""
    other = Supplier.objects.create(codigo="PROV002", nombre="Otro")
    for key, batch, expires in (("P1", False, False), ("P2", True, False), ("P3", False, True)):
        make_product(key, supplier, requiere_lote=batch, requiere_vencimiento=expires)
    make_product("X1", other, requiere_lote=False, requiere_vencimiento=False)
    for code in ("BOG_CENTRAL", "MED_NORTE"):
        make_warehouse(code)
    return supplier


def lot(**cells: Any) -> dict[str, Any]:
    return {"producto_id": "P1", "bodega": "BOG_CENTRAL", "cantidad": "5", **cells}


def problems(upload: BulkUpload) -> list[tuple[int, str, str]]:
    return list(RowError.objects.filter(upload=upload).order_by("fila", "pk").values_list("fila", "columna", "codigo"))


def lots() -> list[tuple[str, str, str, int]]:
    return list(StockLot.objects.values_list("producto_id", "bodega_id", "lote", "cantidad"))


@pytest.mark.usefixtures("aws")
def test_a_file_without_known_headers_is_told_the_columns_of_its_own_sheet(worker, supplier):
    client = api_of("clerk", "add_bulkupload", supplier=supplier)
    file = SimpleUploadedFile("existencias.csv", b"uno,dos\n1,2\n")
    answer = client.post("/api/v1/inventory/bulk-upload", {"file": file})
    worker.step()
    error = client.get(answer.json()["status_url"]).json()["error"]
    assert error.endswith("cuya primera fila nombra las columnas (producto_id, producto_codigo, bodega…).")


def test_rows_become_lots_named_by_id_or_by_code(run_import, catalogue):
    rows = [
        lot(lote="L1", fecha_vencimiento="31/03/2027", condiciones="Nevera"),
        lot(producto_id=None, producto_codigo="C-P2", bodega="med_norte", lote="007", cantidad="12"),
    ]
    upload = run_import(rows, sheet=STOCK)
    assert problems(upload) == []
    assert lots() == [("P1", "BOG_CENTRAL", "L1", 5), ("P2", "MED_NORTE", "007", 12)]
    first = StockLot.objects.get(lote="L1")
    assert (first.fecha_vencimiento, first.condiciones) == (DAY, "Nevera")
    assert (first.created_by_upload, first.changed_by_upload, first.version) == (upload.pk, upload.pk, 1)
    assert upload.productos_creados == ["P1 · BOG_CENTRAL · L1", "P2 · MED_NORTE · 007"]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"producto_id": "X1"}, "producto_id", "other_supplier_product"),
        ({"producto_id": "NADA"}, "producto_id", "unknown_product"),
        ({"bodega": "BOG_CENTRA"}, "bodega", "similar_warehouse"),
        ({"bodega": "ZZZ"}, "bodega", "unknown_warehouse"),
        ({"producto_codigo": "C-P1"}, "producto_id", "several_of"),
        ({"producto_id": None}, "producto_id", "none_of"),
        ({"producto_id": "P2"}, "lote", "lot_required"),
        ({"producto_id": "P3"}, "fecha_vencimiento", "expiry_required"),
        ({"cantidad": "-1"}, "cantidad", "below_minimum"),
        ({"fecha_vencimiento": "31/03/27"}, "fecha_vencimiento", "two_digit_year"),
    ],
)
def test_what_is_wrong_with_a_row_costs_that_row_only(run_import, catalogue, cells, column, code):
    upload = run_import([lot(lote="A"), lot(**cells), lot(lote="B")], sheet=STOCK)
    assert problems(upload) == [(3, column, code)]
    assert (upload.creados, upload.rechazados) == (2, 1)


def test_the_nearest_warehouse_is_named(run_import, catalogue):
    upload = run_import([lot(bodega="BOG-CENTRAL")], sheet=STOCK)
    assert RowError.objects.get(upload=upload).params["parecida"] == "BOG_CENTRAL"


def test_a_lot_that_exists_is_rejected_or_replaced_as_was_chosen(run_import, catalogue):
    known = make_lot(Product.objects.get(pk="P1"), Warehouse.objects.get(pk="MED_NORTE"), cantidad=50)
    rejected = run_import([lot(bodega="MED_NORTE")], sheet=STOCK)
    assert problems(rejected) == [(2, "producto_id", "stock_exists")]
    replaced = run_import([lot(bodega="MED_NORTE", cantidad="0")], sheet=STOCK, replace=True)
    known.refresh_from_db()
    assert (replaced.actualizados, known.cantidad, known.version, known.changed_by_upload) == (1, 0, 2, replaced.pk)
    again = run_import([lot(bodega="MED_NORTE", cantidad="0")], sheet=STOCK, replace=True)
    assert (again.sin_cambios, again.actualizados) == (1, 0)


def test_the_longest_keys_are_replaced_and_listed_too(run_import, catalogue):
    product = make_product("P" * 64, catalogue, codigo="C" * 64, requiere_vencimiento=False)
    make_lot(product, make_warehouse("B" * 64), lote="L" * 64)
    rows = [lot(producto_id=None, producto_codigo="C" * 64, bodega="b" * 64, lote="L" * 64, cantidad="1")]
    upload = run_import(rows, sheet=STOCK, replace=True)
    assert (upload.actualizados, upload.row_changes.get().producto) == (1, f"{'P' * 64} · {'B' * 64} · {'L' * 64}")


def test_a_blank_day_keeps_the_one_that_the_lot_has(run_import, catalogue):
    run_import([lot(producto_id="P3", fecha_vencimiento="2027-03-31")], sheet=STOCK)
    upload = run_import([lot(producto_id="P3", cantidad="9")], sheet=STOCK, replace=True)
    assert (problems(upload), StockLot.objects.get().cantidad, StockLot.objects.get().fecha_vencimiento) == ([], 9, DAY)


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("chunk_rows", [1, 10])
def test_a_lot_named_a_second_time_by_the_code_is_a_repetition(run_import, catalogue, chunk_rows, replace):
    rows = [lot(), lot(lote="B"), {**lot(cantidad="7"), "producto_id": None, "producto_codigo": "C-P1"}]
    upload = run_import(rows, sheet=STOCK, chunk_rows=chunk_rows, replace=replace)
    assert problems(upload) == [(4, "producto_codigo", "named_before")]
    again = run_import(rows, sheet=STOCK, chunk_rows=chunk_rows, replace=True)
    assert (again.sin_cambios, problems(again)) == (2, [(4, "producto_codigo", "named_before")])


def test_a_deleted_lot_of_the_same_key_written_the_same_way_is_a_repetition_in_the_file(run_import, catalogue):
    upload = run_import([lot(), lot(cantidad="6")], sheet=STOCK)
    assert problems(upload) == [(3, "producto_id", "duplicate_in_file")]


@pytest.mark.usefixtures("aws", "catalogue")
def test_a_file_is_sent_to_an_address_of_its_own_and_the_answers_are_those_of_products(api):
    file = SimpleUploadedFile("existencias.csv", b"producto_id,bodega,cantidad\nP1,BOG_CENTRAL,4\n")
    answer = api.post("/api/v1/inventory/bulk-upload?proveedor_id=PROV001", {"file": file})
    assert (answer.status_code, answer.json()["status"], answer.json()["proveedor_id"]) == (202, "pending", "PROV001")
    assert BulkUpload.objects.get().sheet_name == "existencias"
    assert api.get(answer.json()["status_url"]).status_code == 200
    assert reverse("warehouses:upload") == "/api/v1/inventory/bulk-upload"
