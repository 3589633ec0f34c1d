"""The database between two runs: emptied, and left with nothing to do."""

from __future__ import annotations

from django.db import connection

from benchmarks.files import CATEGORIES
from bulk_upload.models import BulkUpload, RowError
from catalog.models import Category, Product


def reset() -> None:
    """No product and no upload; the categories are there, for some contenders cannot make them."""
    Category.objects.bulk_create([Category(nombre=name) for name in CATEGORIES], ignore_conflicts=True)
    if connection.vendor == "sqlite":
        for model in (RowError, BulkUpload, Product):
            model._default_manager.all().delete()
        return
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalog_product, bulk_upload_rowerror, bulk_upload_bulkupload CASCADE")


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
    """The server's processes that serve this database; they may be another machine's."""
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]
