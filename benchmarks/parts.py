"""Measures the parts alone: the limit (fastest reading, fastest loading), and the first stages of an import.

The limit does nothing but its two parts, one after the other: it checks no cell, compares with no product, keeps no
checkpoint and refers to nothing. No import can be as fast.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from python_calamine import CalamineWorkbook

from benchmarks.files import COPY_COLUMNS, Recipe
from benchmarks.jobs_plan import FORMATS
from benchmarks.measured import Measurement
from benchmarks.options import Options
from benchmarks.tables import reset, settle
from benchmarks.writing import copy_rows, made
from bulk_upload.checking.tables import Limits
from bulk_upload.reading.files import only_reader, open_table
from catalog.sheets.products import PRODUCTS

PIECE: Final = 256 * 1024


def main() -> None:
    options = Options.given()
    for rows in options.sizes:
        ready = copy_rows(options.files, rows)
        for _ in range(options.runs_of(rows)):
            loading = load(ready, "bench_limit")
            keep("loading", "ready", rows, loading)
            keep("loading with references", "ready", rows, load(ready, "catalog_product"))
            for file_format in FORMATS:
                path = made(options.files, Recipe(rows, file_format))
                fastest = timed(read_workbook if file_format == "xlsx" else read_csv, path, rows)
                keep("fastest reading", file_format, rows, fastest)
                keep("limit", file_format, rows, fastest + loading)
                keep("reading", file_format, rows, timed(read_table, path, rows))
                keep("reading and validating", file_format, rows, timed(check_table, path, rows))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_limit")


def keep(what: str, file_format: str, rows: int, seconds: float) -> None:
    Measurement(what, connection.vendor, file_format, "fresh", rows, seconds).keep()


def timed(read: Callable[[Path], int], path: Path, rows: int) -> float:
    began = time.perf_counter()
    found = read(path)
    seconds = time.perf_counter() - began
    if found != rows:
        raise AssertionError(f"{path.name}: {found} rows were read")
    return seconds


def load(ready: Path, table: str) -> float:
    """COPY ready rows into an empty table with all the product's indexes; the seconds until committed."""
    reset()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_limit")
        cursor.execute("CREATE TABLE bench_limit (LIKE catalog_product INCLUDING ALL)")
        settle()
        began = time.perf_counter()
        with cursor.copy(f"COPY {table} ({', '.join(COPY_COLUMNS)}) FROM STDIN") as copy, ready.open("rb") as file:
            while piece := file.read(PIECE):
                copy.write(piece)
        seconds = time.perf_counter() - began
    reset()
    return seconds


def read_workbook(path: Path) -> int:
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return sum(1 for _ in sheet.iter_rows()) - 1


def read_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def read_table(path: Path) -> int:
    with open_table(path, path.suffix[1:], PRODUCTS, Limits()) as table:
        return sum(map(len, table.batches))


def check_table(path: Path) -> int:
    with only_reader(Limits()) as reader:
        table = reader.checked(path, path.suffix[1:], PRODUCTS, next_row=0, chunk_rows=settings.BULK_UPLOAD_CHUNK_ROWS)
        return sum(len(chunk.numbers) for chunk in table.chunks)
