"""Measures the parts alone: the limit (fastest reading, fastest loading), and the first stages of an import.

The limit does nothing but its two parts, one after the other: it checks no cell, compares with no product, keeps no
checkpoint and refers to nothing. No import can be as fast.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings
from python_calamine import CalamineWorkbook

from benchmarks.databases import Database
from benchmarks.files import FORMATS, Format, Recipe, ready_rows
from benchmarks.measured import Measurement
from benchmarks.options import Options
from bulk_upload.checking.tables import Limits
from bulk_upload.reading.files import only_reader
from catalog.sheets.products import PRODUCTS

EQUAL: Final = ("DROP TABLE IF EXISTS bench_limit", "CREATE TABLE bench_limit (LIKE catalog_product INCLUDING ALL)")


def main(url: str, *sizes: str) -> None:
    options, database = Options(), Database(url)
    for rows in map(int, sizes):
        ready = ready_rows(options.files, rows)
        database.reset()
        # An empty table with all the product's indexes, and the product's own.
        database.execute(*EQUAL, "CHECKPOINT")
        loading = database.load_products(ready, "bench_limit")
        keep("loading", "ready", rows, loading)
        database.execute("DROP TABLE bench_limit", "CHECKPOINT")
        keep("loading with references", "ready", rows, database.load_products(ready))
        database.reset()
        for file_format in FORMATS:
            path = Recipe(rows, file_format).made(options.files)
            fastest = timed(read_workbook if file_format == "xlsx" else read_csv, path, rows)
            keep("fastest reading", file_format, rows, fastest)
            keep("limit", file_format, rows, fastest + loading)
            keep("reading", file_format, rows, timed(read_table, path, rows))
            keep("reading and validating", file_format, rows, timed(check_table, path, rows))


def keep(what: str, file_format: str, rows: int, seconds: float) -> None:
    Measurement(what, "postgresql", file_format, "fresh", rows, seconds).keep()


def timed(read: Callable[[Path], int], path: Path, rows: int) -> float:
    began = time.perf_counter()
    found = read(path)
    seconds = time.perf_counter() - began
    if found != rows:
        raise AssertionError(f"{path.name}: {found} rows were read")
    return seconds


def read_workbook(path: Path) -> int:
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows()) - 1


def read_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def read_table(path: Path) -> int:
    with only_reader(Limits()) as reader:
        return sum(map(len, reader.rows(path, cast(Format, path.suffix[1:]), PRODUCTS).batches))


def check_table(path: Path) -> int:
    with only_reader(Limits()) as reader:
        return sum(len(chunk.numbers) for chunk in checked(reader, path).chunks)


def checked(reader: Any, path: Path) -> Any:
    """The file's rows, checked, in chunks as a worker takes them."""
    chunk_rows = settings.BULK_UPLOAD_CHUNK_ROWS
    return reader.checked(path, path.suffix[1:], PRODUCTS, next_row=0, chunk_rows=chunk_rows)
