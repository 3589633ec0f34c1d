"""The suppliers' page says what the code does."""

from __future__ import annotations

from django.conf import settings

from bulk_upload.imports import registry
from bulk_upload.problem_texts import CELL_TEXTS, DECLARED_TEXTS, FILE_TEXTS, ROW_TEXTS, WARNING_TEXTS
from bulk_upload.workbooks.guide import suppliers_page
from catalog.sheets.products import PRODUCTS

PAGE = settings.BASE_DIR / "docs" / "preparar-el-archivo.md"


def test_the_page_in_the_docs_is_the_one_that_the_columns_make():
    assert PAGE.read_text(encoding="utf-8") == suppliers_page(PRODUCTS), "run `manage.py make_guide`"


def test_every_column_and_every_message_is_on_it():
    page = suppliers_page(PRODUCTS)
    assert all(f"| `{column.name}` |" in page for column in PRODUCTS.columns)
    codes = {*CELL_TEXTS, *ROW_TEXTS, *WARNING_TEXTS, *FILE_TEXTS} | registry.get(PRODUCTS.name).declared_codes()
    assert all(f"| `{code}` |" in page for code in codes)


def test_what_no_row_of_the_sheet_can_have_is_not_on_it():
    page = suppliers_page(PRODUCTS)
    others = DECLARED_TEXTS.keys() - registry.get(PRODUCTS.name).declared_codes()
    assert not [code for code in others if f"| `{code}` |" in page]
    assert "named_before" in others


def test_a_blank_column_without_a_default_stays_empty():
    assert "| `temperatura_min` | no |" in (page := suppliers_page(PRODUCTS))
    assert "None" not in page
