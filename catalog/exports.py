"""Products as a file: CSV, Excel or JSON, made by tablib."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import tablib
from django.db.models import QuerySet

from bulk_upload.sheet.formulas import csv_separator, protected
from bulk_upload.workbooks.errors_file import ExportFormat
from bulk_upload.workbooks.safe_cells import importable_cell
from bulk_upload.workbooks.xlsx import Cell, streamed, text
from catalog.models import Product
from catalog.sheets.products import PRODUCTS

# The sheet's own columns: an exported file can be uploaded again, without a warning.
HEADERS: Final = PRODUCTS.names
COLUMNS: Final = tuple("categoria_id" if name == "categoria" else name for name in HEADERS)
# Programs also get whose product it is.
JSON_COLUMNS: Final = (*COLUMNS, "proveedor_id")
JSON_HEADERS: Final = (*HEADERS, "proveedor_id")
BATCH: Final = 2000


def export_products(products: QuerySet[Product], file_format: ExportFormat, language: str = "es") -> Iterator[bytes]:
    """The products of a queryset, in its order, as blocks of a file. Memory does not grow with their number.

    A CSV is separated as spreadsheet programs in `language` expect it.
    """
    rows = products.values_list(*(JSON_COLUMNS if file_format == "json" else COLUMNS)).iterator(BATCH)
    if file_format == "xlsx":
        return _xlsx(rows)
    return _csv(rows, csv_separator(language)) if file_format == "csv" else _json(rows)


def _batches(rows: Iterator[tuple[Any, ...]], headers: tuple[str, ...] = HEADERS) -> Iterator[tablib.Dataset]:
    """The rows in datasets of `BATCH` rows: tablib holds a dataset in memory as a whole."""
    while batch := list(islice(rows, BATCH)):
        yield tablib.Dataset(*batch, headers=headers)


def _csv(rows: Iterator[tuple[Any, ...]], separator: str) -> Iterator[bytes]:
    """With a byte order mark, as Excel needs it."""
    yield ("\ufeff" + separator.join(HEADERS) + "\r\n").encode()
    for dataset in _batches(tuple(map(_protected, row)) for row in rows):
        dataset.headers = None
        yield dataset.export("csv", delimiter=separator, quoting=csv.QUOTE_ALL).encode()


def _protected(value: Any) -> Any:
    if isinstance(value, bool):
        return "sí" if value else "no"
    return protected(value) if isinstance(value, str) else value


def _json(rows: Iterator[tuple[Any, ...]]) -> Iterator[bytes]:
    separator = "["
    for dataset in _batches(rows, JSON_HEADERS):
        # Each batch is a JSON list: what stands between its brackets goes out.
        yield (separator + dataset.export("json")[1:-1]).encode()
        separator = ",\n"
    yield b"[]" if separator == "[" else b"]"


def _xlsx(rows: Iterator[tuple[Any, ...]]) -> Iterator[bytes]:
    """Not by tablib, which builds a workbook as a whole: a gigabyte for 100,000 products."""
    return streamed("Productos", HEADERS, (), (map(_cell, row) for row in rows))


def _cell(value: Any) -> Cell | None:
    if isinstance(value, bool):
        return text("sí" if value else "no")
    return importable_cell(value)
