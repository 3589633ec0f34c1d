"""The database between two runs: emptied, and left with nothing to do."""

from __future__ import annotations

from django.db import connection

from benchmarks.files import CATEGORIES
from benchmarks.processes import parent
from bulk_upload.models import BulkUpload, RowChange, RowError
from catalog.models import Category, Product
from dev.process_tree import children


def reset() -> None:
    """No product and no upload; the categories are there, for some contenders cannot make them."""
    Category.objects.bulk_create([Category(nombre=name) for name in CATEGORIES], ignore_conflicts=True)
    if connection.vendor == "sqlite":
        for model in (RowError, RowChange, BulkUpload, Product):
            model._default_manager.all().delete()
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE catalog_product, bulk_upload_rowerror, bulk_upload_rowchange, bulk_upload_bulkupload CASCADE"
        )


def settle() -> None:
    """Have the database write out what the run before has left to be done."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)" if connection.vendor == "sqlite" else "CHECKPOINT")


def wal_position() -> float:
    if connection.vendor == "sqlite":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0'")
        return float(cursor.fetchone()[0])


def database_pids() -> list[int]:
    """The server's processes, its first one included, which has the CPU time of those that have ended.

    Only where they can be seen: on this machine.
    """
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        first = parent(cursor.fetchone()[0], "postgres")
    return [first, *children(first)] if first else []
