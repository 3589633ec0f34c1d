"""The suppliers' page says what the code does."""

from __future__ import annotations

from django.conf import settings

from bulk_upload.sheet.file_problems import FILE_PROBLEMS
from bulk_upload.sheet.row_problems import ROW_PROBLEMS
from bulk_upload.workbooks.guide import suppliers_page
from catalog.sheets.products import PRODUCTS

PAGE = settings.BASE_DIR / "docs" / "preparar-el-archivo.md"


def test_the_page_in_the_docs_is_the_one_that_the_columns_make():
    assert PAGE.read_text(encoding="utf-8") == suppliers_page(PRODUCTS), "run `manage.py make_guide`"


def test_every_column_and_every_message_is_on_it():
    page = suppliers_page(PRODUCTS)
    assert all(f"| `{column.name}` |" in page for column in PRODUCTS.columns)
    assert all(f"| `{code}` |" in page for code in (*ROW_PROBLEMS, *FILE_PROBLEMS))
