"""A finished plan with one row of each outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from bulk_upload.consuming.worker import Worker
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.rows import csv_bytes, row

# Once products 1 and 2 exist: one row would be updated, one stay, one be created, one be rejected.
FOUR: Final[list[dict[str, Any]]] = [
    row(1, precio_unitario="9.99", requiere_lote="no"),
    row(2),
    row(3),
    row(4, nombre=""),
]


def plan_of_each_outcome(accept: Callable[..., BulkUpload], worker: Worker) -> BulkUpload:
    """`accept` and `worker` are the fixtures."""
    accept(csv_bytes([row(1), row(2)]))
    worker.step()
    planned = accept(csv_bytes(FOUR), replace=True, plan=True)
    worker.step()
    planned.refresh_from_db()
    return planned
