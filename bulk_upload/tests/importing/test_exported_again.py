"""The products' export, imported again, changes nothing: as CSV for either language, and as a workbook."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.checking.tables import Limits
from bulk_upload.models import BulkUpload
from bulk_upload.reading.child.csv_file import open_csv
from bulk_upload.reading.child.workbook import open_workbook
from bulk_upload.sheet.addressable_ids import is_addressable
from bulk_upload.sheet.columns import EARLIEST, LATEST
from bulk_upload.sheet.excel_errors import is_error_text
from bulk_upload.sheet.text_cleaning import BadCharacter, clean_code, clean_text
from bulk_upload.sheet.values import SCIENTIFIC
from catalog import exports
from catalog.exports import export_products
from catalog.models import Category, Product
from catalog.sheets.products import PRODUCTS

# What begins a formula, ends a cell or is a mark of ours, often enough to meet.
ODD = st.text(st.sampled_from([*"=+-@'\"\t\n,;|#_ x0a1", "ñ", "–", "＝"]), min_size=1, max_size=14)


def kept(clean):
    """Texts as the sheet, the API and the admin store them."""

    def cleaned(text):
        try:
            return clean(text)
        except BadCharacter:
            return ""

    return (ODD | st.text(min_size=1, max_size=20)).map(cleaned).filter(lambda text: text and not is_error_text(text))


codes = kept(clean_code).filter(lambda text: not SCIENTIFIC.fullmatch(text))
texts = kept(clean_text)
rows = st.tuples(
    codes.filter(is_addressable),
    texts,
    codes,
    st.sampled_from(["GASAS", "=GUANTES", "'VENDAS"]),
    st.just("") | texts,
    st.decimals(0, 10**9, places=2),
    texts,
    texts,
    st.integers(0, 3650),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "00012348", "7701234567897"]),
    st.just("") | texts,
    st.just("") | st.sampled_from(["A10BA02", "=A10", "ÑANDÚ"]),
    st.none() | st.dates(EARLIEST, LATEST),
    st.none() | st.decimals(-100, 100, places=1),
    st.none() | st.decimals(-100, 100, places=1),
)


def written(products, file_format, language):
    if file_format == "xlsx":
        return b"".join(exports._xlsx(iter(products)))
    return b"".join(exports._csv(iter(products), exports.csv_separator(language)))


def values(content, file_format):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"productos.{file_format}")
        path.write_bytes(content)
        with (open_csv if file_format == "csv" else open_workbook)(path, PRODUCTS, Limits()) as table:
            chunks = list(checked_chunks(table, next_row=0, chunk_rows=100))
    assert [problem for chunk in chunks for problem in chunk.problems] == []
    return [row for chunk in chunks for row in chunk.rows()]


@pytest.mark.parametrize(("file_format", "language"), [("csv", "es"), ("csv", "en"), ("xlsx", "es")])
@given(st.lists(rows, min_size=1, max_size=4, unique_by=(lambda row: row[0], lambda row: row[2])))
@settings(max_examples=60)
def test_every_value_is_read_as_it_was_exported(file_format, language, products):
    read = values(written(products, file_format, language), file_format)
    expected = [tuple(None if value == "" else value for value in product) for product in products]
    assert read == expected


NAMES = [
    "=1+1",
    "-20 °C",
    "+57 300",
    "@marca",
    "'premium'",
    "'0092",
    '="007"',
    "a,=1",
    "a;-b",
    'Tubo 3/4"',
    "''x",
    "N/A",
]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_an_export_that_is_uploaded_again_leaves_everything_unchanged(accept, worker, supplier, file_format, language):
    Category.objects.create(nombre="GASAS")
    for number, name in enumerate(NAMES):
        Product.objects.create(
            id=f"{name}-{number}",
            nombre=name,
            codigo=f"{number}{name}",
            categoria_id="GASAS",
            precio_unitario=Decimal("12.50"),
            certificado_sanitario=name,
            condiciones_almacenamiento=name,
            tiempo_entrega_dias=5,
            proveedor=supplier,
        )
    content = b"".join(export_products(Product.objects.order_by("id"), file_format, language))
    upload = accept(content, f"productos.{file_format}", replace=True)
    worker.step()
    upload = BulkUpload.objects.get(pk=upload.pk)
    found = list(upload.row_errors.filter(severity="error").values_list("fila", "columna", "codigo", "valor"))
    assert (upload.status, upload.sin_cambios, found) == ("completed", len(NAMES), [])
