"""Measures the parts alone: the limit (fastest reading, fastest loading), the first stages of an import, both writers.

The limit does nothing but its two parts, one after the other: it checks no cell, compares with no product, keeps no
checkpoint and refers to nothing. No import can be as fast.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings
from python_calamine import CalamineWorkbook

from benchmarks.databases import Database
from benchmarks.files import FORMATS, Format, Recipe, Variant, ready_rows
from benchmarks.measured import Measurement
from benchmarks.options import HUGE
from bulk_upload.checking.tables import Limits
from bulk_upload.importing.import_table import import_table
from bulk_upload.importing.writing import writer
from bulk_upload.importing.writing.copy_writer import write_by_copy
from bulk_upload.importing.writing.orm_writer import write_by_orm
from bulk_upload.models import BulkUpload
from bulk_upload.reading.files import Reader, Readers, only_reader
from catalog.sheets.products import PRODUCTS

WRITERS: Final = {"COPY": write_by_copy, "ORM": write_by_orm}
VARIANTS: Final[tuple[Variant, ...]] = ("fresh", "changed")


def stages(url: str, *sizes: str) -> None:
    """The limit, and an import's reading and validating."""
    database = Database(url)
    for rows in map(int, sizes):
        database.reset()
        database.execute("CREATE TABLE bench_limit (LIKE catalog_product INCLUDING ALL)")
        loading = database.copy(ready_rows(rows), "bench_limit")
        database.execute("DROP TABLE bench_limit")
        Measurement("loading", "ready", "fresh", rows, loading).keep()
        Measurement("loading with references", "ready", "fresh", rows, database.copy(ready_rows(rows))).keep()
        database.reset()
        for file_format in FORMATS:
            path = Recipe(rows, file_format).made()
            fastest = timed(read_workbook if file_format == "xlsx" else read_csv, path, rows)
            for what, seconds in (
                ("fastest reading", fastest),
                ("limit", fastest + loading),
                ("reading", timed(read_table, path, rows)),
                ("reading and validating", timed(check_table, path, rows)),
            ):
                Measurement(what, file_format, "fresh", rows, seconds).keep()


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
        return sum(len(chunk.numbers) for chunk in checked(reader, path).batches)


def checked(reader: Reader, path: Path) -> Any:
    """The file's rows, checked, in chunks as a worker takes them."""
    chunk_rows = settings.BULK_UPLOAD_CHUNK_ROWS
    return reader.checked(path, cast(Format, path.suffix[1:]), PRODUCTS, next_row=0, chunk_rows=chunk_rows)


def writers(url: str, *sizes: str) -> None:
    """Both writers on the same import: what the second one for PostgreSQL gains, from file to products."""
    database = Database(url)
    for rows in (int(size) for size in sizes if int(size) < HUGE):
        for name, write in WRITERS.items():
            writer.write = write
            database.reset()
            # The changed file goes into what the fresh one has left.
            for variant in VARIANTS:
                recipe = Recipe(rows, "xlsx", variant)
                seconds = import_file(recipe.made(), database)
                database.check_products(recipe)
                Measurement(f"writer {name}", "xlsx", variant, rows, seconds).keep()
        database.reset()


def import_file(path: Path, database: Database) -> float:
    """Import a file without web, queue and storage; the seconds."""
    upload = BulkUpload.objects.create(
        proveedor_id="PROV001",
        filename=path.name,
        file_format=path.suffix[1:],
        s3_key="none",
        size=path.stat().st_size,
        reemplazar_duplicados=True,
    )
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(hours=1))
    if claimed is None:
        raise AssertionError("an upload that nobody else knows cannot be claimed")
    database.execute("CHECKPOINT")
    with closing(Readers()) as readers:
        readers.prepare()
        began = time.perf_counter()
        with readers.reader(Limits()) as reader:
            import_table(claimed, checked(reader, path), lambda: None)
        claimed.complete()
        return time.perf_counter() - began
