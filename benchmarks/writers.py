"""Measures both writers on the same import: what the second one for PostgreSQL gains, from file to products."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.db import connection

from benchmarks.client import check
from benchmarks.files import Recipe
from benchmarks.measured import Measurement
from benchmarks.options import HUGE, Options
from benchmarks.tables import reset, settle
from benchmarks.writing import made
from bulk_upload.checking.tables import Limits
from bulk_upload.importing import write
from bulk_upload.importing.import_table import import_table
from bulk_upload.models import BulkUpload
from bulk_upload.reading.files import only_reader
from catalog.sheets.products import PRODUCTS

WRITERS = {"COPY": write.write_by_copy, "ORM": write.write_by_orm}


def main() -> None:
    options = Options.given()
    for rows in options.sizes:
        if rows >= HUGE:
            continue
        for _ in range(options.runs):
            for name, writer in WRITERS.items():
                write.write = writer
                for variant in ("fresh", "changed"):
                    keep(name, Recipe(rows, "xlsx", variant), options)
            reset()


def keep(name: str, recipe: Recipe, options: Options) -> None:
    """A fresh file goes into an empty table, a changed one into what the fresh one has left."""
    path = made(options.files, recipe)
    again = recipe.variant == "changed"
    if not again:
        reset()
    upload = BulkUpload.objects.create(
        proveedor_id="PROV001",
        filename=path.name,
        file_format="xlsx",
        s3_key="none",
        size=path.stat().st_size,
        reemplazar_duplicados=again,
    )
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(hours=1))
    if claimed is None:
        raise AssertionError("an upload that nobody else knows cannot be claimed")
    settle()
    began = time.perf_counter()
    with only_reader(Limits()) as reader:
        table = reader.checked(path, "xlsx", PRODUCTS, next_row=0, chunk_rows=settings.BULK_UPLOAD_CHUNK_ROWS)
        import_table(claimed, table, lambda: None)
    claimed.complete()
    seconds = time.perf_counter() - began
    claimed.refresh_from_db()
    check(recipe, claimed, again=again)
    Measurement(f"writer {name}", connection.vendor, "xlsx", recipe.variant, recipe.rows, seconds).keep()
