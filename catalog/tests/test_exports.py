"""An exported file can be uploaded again as it is: the sheet's columns and words, without a warning."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from bulk_upload.sheet.headers import match_header
from bulk_upload.workbooks.errors_file import ExportFormat
from catalog.exports import export_products
from catalog.models import Category, Product, Supplier
from catalog.sheets.products import PRODUCTS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _product() -> None:
    supplier = Supplier.objects.create(codigo="PROV001", nombre="Andinas")
    category = Category.objects.create(nombre="GASAS")
    Product.objects.create(
        id="P1", codigo="C1", nombre="Gasa", precio_unitario="12.50", tiempo_entrega_dias=1, categoria=category,
        proveedor=supplier, requiere_lote=True, requiere_vencimiento=False,
    )  # fmt: skip


def exported(file_format: ExportFormat) -> bytes:
    return b"".join(export_products(Product.objects.all(), file_format))


def rows_of_csv() -> list[list[str]]:
    return list(csv.reader(io.StringIO(exported(ExportFormat.CSV).decode("utf-8-sig")), delimiter=";"))


def test_csv_says_yes_and_no_as_the_sheet_does():
    header, line = rows_of_csv()
    said = dict(zip(header, line, strict=True))
    assert (said["requiere_lote"], said["requiere_vencimiento"]) == ("sí", "no")


def test_no_column_of_csv_and_xlsx_is_unknown_to_the_import():
    sheet = load_workbook(io.BytesIO(exported(ExportFormat.XLSX))).worksheets[0]
    for header in (rows_of_csv()[0], [cell.value for cell in sheet[1]]):
        assert match_header(PRODUCTS, 1, header, "Productos").unknown == ()


def test_json_keeps_values_for_programs_and_says_whose_product_it_is():
    (item,) = json.loads(exported(ExportFormat.JSON))
    assert (item["requiere_lote"], item["proveedor_id"]) == (True, "PROV001")
