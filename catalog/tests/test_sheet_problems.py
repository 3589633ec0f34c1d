"""Problems that only one sheet has: said by the guarded reader, believed by the worker, worded in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.wording import title_of
from bulk_upload.workbooks.errors_file import export_errors
from catalog.sheets.stock import STOCK
from catalog.sheets.suppliers import SUPPLIERS
from catalog.tests.stock_rows import make_product, make_warehouse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

STOCK_FILE = b"""producto_id,producto_codigo,bodega,lote,cantidad
P1,C-P1,BOG,L1,5
,,BOG,L1,5
P1,,BOG,,5
P9,,BOG,L1,5
P1,,BOGG,L1,5
"""
SUPPLIERS_FILE = b"codigo,nombre,contacto_email,pais,activo\nPROV009,Gasas SAS,nobody,Colombia,no\n"


@pytest.fixture
def imported(worker, user):
    def run(content: bytes, sheet: Sheet, owner: Any) -> BulkUpload:
        file = SimpleUploadedFile("a.csv", content)
        upload = accept_upload(file=file, sheet=sheet, owner=owner, user=user, reemplazar_duplicados=False)
        worker.step()
        upload.refresh_from_db()
        assert upload.status == "completed", upload.error_code
        return upload

    return run


def sentences(upload: BulkUpload, language: str) -> list[str]:
    content = b"".join(export_errors(upload, "csv", language)).decode("utf-8-sig")
    return content.splitlines()[1:]


def test_the_problems_of_stock(imported, supplier):
    make_product("P1", supplier, codigo="C-P1", requiere_lote=True, requiere_vencimiento=False)
    make_warehouse("BOG")
    upload = imported(STOCK_FILE, STOCK, supplier)
    found = [(error.fila, error.codigo) for error in upload.row_errors.order_by("fila")]
    codes = ["several_of", "none_of", "lot_required", "unknown_product", "similar_warehouse"]
    assert found == list(enumerate(codes, 2))
    spanish, english = sentences(upload, "es"), sentences(upload, "en")
    assert "Solo una de estas columnas puede tener valor" in spanish[0]
    assert "No existe la bodega «BOGG». ¿Quiso decir «BOG»?" in spanish[4]
    assert "Only one of these columns may have a value" in english[0]
    assert "The product “P1” is tracked by batch" in english[2]
    assert not any(code in (title_of(code, "es"), title_of(code, "en")) for code in codes)


def test_the_problems_of_suppliers(imported):
    upload = imported(SUPPLIERS_FILE, SUPPLIERS, None)
    assert set(upload.row_errors.values_list("columna", "codigo")) == {
        ("contacto_email", "wrong_form"),
        ("pais", "wrong_form"),
    }
    assert any("debe tener la forma de «catalogo@frailejon.example»" in line for line in sentences(upload, "es"))
