"""Measures both writers on the same import: what the second one for PostgreSQL gains, from file to products."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

from benchmarks.databases import Database
from benchmarks.files import Recipe, Variant
from benchmarks.measured import Measurement
from benchmarks.options import HUGE, Options
from benchmarks.parts import checked
from bulk_upload.checking.tables import Limits
from bulk_upload.importing import write
from bulk_upload.importing.import_table import import_table
from bulk_upload.models import BulkUpload
from bulk_upload.reading.files import Readers

WRITERS: Final = {"COPY": write.write_by_copy, "ORM": write.write_by_orm}
VARIANTS: Final[tuple[Variant, ...]] = ("fresh", "changed")


def main(url: str, *sizes: str) -> None:
    database, folder = Database(url), Options().files
    for rows in (int(size) for size in sizes if int(size) < HUGE):
        for name, writer in WRITERS.items():
            write.write = writer
            database.reset()
            # The changed file goes into what the fresh one has left.
            for variant in VARIANTS:
                recipe = Recipe(rows, "xlsx", variant)
                database.execute("CHECKPOINT")
                seconds = import_file(recipe.made(folder))
                database.check_products(recipe)
                Measurement(f"writer {name}", "postgresql", "xlsx", variant, rows, seconds).keep()
        database.reset()


def import_file(path: Path) -> float:
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
    with closing(Readers()) as readers:
        readers.prepare()
        began = time.perf_counter()
        with readers.reader(Limits()) as reader:
            import_table(claimed, checked(reader, path), lambda: None)
        claimed.complete()
        return time.perf_counter() - began
