"""Products as a file: CSV, Excel or JSON, made while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

from bulk_upload.sheet.formulas import csv_separator
from bulk_upload.workbooks.row_errors import ExportFormat
from bulk_upload.workbooks.safe_cells import importable_cell
from bulk_upload.workbooks.text_files import csv_blocks, json_blocks
from bulk_upload.workbooks.xlsx import streamed
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

# The sheet's own columns: an exported file can be uploaded again, without a warning. Programs also get whose product
# it is.
HEADERS: Final = tuple(PRODUCTS.names)
JSON_HEADERS: Final = (*HEADERS, "proveedor_id")
BATCH: Final = 2000


def export_products(products: QuerySet[Product], file_format: ExportFormat, language: str = "es") -> Iterator[bytes]:
    """The products of a queryset, in its order, as blocks of a file. Memory does not grow with their number.

    A CSV is separated as spreadsheet programs in `language` expect it.
    """
    names = JSON_HEADERS if file_format == ExportFormat.JSON else HEADERS
    rows = products.values_list(*names).iterator(BATCH)
    if file_format == ExportFormat.JSON:
        return json_blocks(dict(zip(names, row, strict=True)) for row in rows)
    return _xlsx(rows) if file_format == ExportFormat.XLSX else _csv(rows, csv_separator(language))


def _csv(rows: Iterator[tuple[Any, ...]], separator: str) -> Iterator[bytes]:
    return csv_blocks(HEADERS, (list(map(_said, row)) for row in rows), separator)


def _xlsx(rows: Iterator[tuple[Any, ...]]) -> Iterator[bytes]:
    return streamed("Productos", HEADERS, (), (map(importable_cell, map(_said, row)) for row in rows))


def _said(value: Any) -> Any:
    return ("sí" if value else "no") if isinstance(value, bool) else value
