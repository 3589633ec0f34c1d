"""The rejected rows of any file as the page has them: typed cells, few enough, and of the first upload."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import Workbook, load_workbook

from bulk_upload import storage
from bulk_upload.mending import rejected_rows
from bulk_upload.mending.edits import save
from bulk_upload.mending.grid import Grid
from bulk_upload.mending.sending import send_ready
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.cells import DateCell, ErrorCell
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.workbooks import prepared_files
from catalog.models import Product, StockLot, Warehouse
from catalog.sheets.stock import STOCK

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(worker):
    """The rows of an upload, as the worker reads and the page opens them."""

    def run(upload):
        file = prepared_files.rows_of(upload)
        worker.step()
        file.refresh_from_db()
        return rejected_rows.read_rejected_rows(b"".join(storage.stream(file.s3_key))), file

    return run


@pytest.fixture
def stock(accept, worker, run_import):
    """A workbook with a number, a date and an error of Excel in its cells."""
    run_import([row(1)])
    Warehouse.objects.create(codigo="BOG", nombre="Centro", pais="CO")
    book = Workbook()
    book.active.append(["Observaciones", "bodega", "producto_id", "lote", "cantidad", "fecha_vencimiento"])
    book.active.append(["x", "BOG", "PROD00001", "L1", "#N/A", dt.date(2030, 3, 31)])
    book.active["E2"].data_type = "e"
    content = io.BytesIO()
    book.save(content)
    upload = accept(content.getvalue(), "lotes.xlsx", sheet=STOCK)
    worker.step()
    return upload


def test_cells_keep_their_types_and_other_columns_stay_away(stock, read):
    rows, _ = read(stock)
    assert rows.columns == ["bodega", "producto_id", "lote", "cantidad", "fecha_vencimiento"]
    assert rows.rows[0].cells == ["BOG", "PROD00001", "L1", ErrorCell("#N/A"), DateCell("2030-03-31")]


def test_what_was_read_from_a_workbook_is_imported_as_it_was_understood(stock, read, user, worker):
    rows, _ = read(stock)
    grid = Grid(stock, rows)
    assert grid.row(2).texts["fecha_vencimiento"] == "2030-03-31"
    save(grid, {2: {"cantidad": "1.200,00"}})
    assert send_ready(Grid(stock, rows), user)
    worker.step()
    assert list(StockLot.objects.values_list("lote", "cantidad", "fecha_vencimiento")) == [
        ("L1", 1200, dt.date(2030, 3, 31))
    ]


def test_beyond_its_limit_the_page_points_to_the_workbook(accept, worker, read, monkeypatch):
    monkeypatch.setattr(rejected_rows, "MOST_ROWS", 2)
    upload = accept(csv_bytes(row(n, precio_unitario="caro") for n in range(1, 5)))
    worker.step()
    rows, file = read(upload)
    assert ([each.fila for each in rows.rows], file.missing_from) == ([2, 3], 4)


def test_long_cells_cannot_make_it_large(accept, worker, read, monkeypatch):
    monkeypatch.setattr(rejected_rows, "MOST_BYTES", 20_000)
    upload = accept(csv_bytes(row(n, nombre="x" * 9000, precio_unitario="caro") for n in range(1, 40)))
    worker.step()
    rows, file = read(upload)
    assert 10 < len(rows.rows) == file.missing_from - 2 < 20
    assert Grid(upload, rows).rows[0].texts["nombre"] == "x" * 1000


def test_rows_of_a_corrected_workbook_still_count_for_the_first_upload(accept, worker, read, corrections, user):
    first = accept(csv_bytes([row(1), row(2, precio_unitario="caro")]))
    worker.step()
    book = load_workbook(io.BytesIO(corrections(first)))
    book.worksheets[0]["F2"] = "mucho"
    content = io.BytesIO()
    book.save(content)
    again = accept(content.getvalue(), "otra_vez.xlsx")
    worker.step()
    again.refresh_from_db()
    rows, _ = read(again)
    save(Grid(again, rows), {2: {"precio_unitario": "5"}})
    sent = send_ready(Grid(again, rows), user)
    worker.step()
    assert BulkUpload.objects.get(pk=sent.pk).corrects_id == first.pk
    assert first.row_errors.get(severity="error").corregida
    assert str(Product.objects.get(pk="PROD00002").precio_unitario) == "5.00"


def test_rows_of_a_mapped_file_are_read_and_corrected_as_their_mapping_says(run_import, accept, worker, read, user):
    run_import([row(1)])
    Warehouse.objects.create(codigo="BOG", nombre="Centro", pais="CO")
    file = "Artículo,Lote,Cant.,Vence\nPROD00001,L1,muchas,03-04-2030\nPROD00001,L2,7,31-12-2030\n"
    mapping = SheetMapping(
        columnas={"Artículo": "producto_id", "Cant.": "cantidad", "Vence": "fecha_vencimiento"},
        constantes={"bodega": "BOG"},
        orden_fecha={"fecha_vencimiento": "mda"},
    )
    upload = accept(file.encode(), sheet=STOCK, mapping=mapping)
    worker.step()
    rows, _ = read(upload)
    assert (rows.columns[-1], rows.rows[0].cells[-1]) == ("bodega", "BOG")
    assert [each.fila for each in rows.rows] == [2, 3]  # there is no month 31
    save(Grid(upload, rows), {2: {"cantidad": "5"}, 3: {"fecha_vencimiento": "12-31-2030"}})
    assert send_ready(Grid(upload, rows), user)
    worker.step()
    assert list(StockLot.objects.order_by("lote").values_list("lote", "bodega", "cantidad", "fecha_vencimiento")) == [
        ("L1", "BOG", 5, dt.date(2030, 3, 4)),
        ("L2", "BOG", 7, dt.date(2030, 12, 31)),
    ]
