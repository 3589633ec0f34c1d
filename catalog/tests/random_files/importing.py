"""A file through the import in this process, which is killed at some statements and goes on under a new claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connection

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.checking.tables import CheckedTable, Limits
from bulk_upload.importing.import_table import import_table
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload
from bulk_upload.reading.child.columns_without_header import with_unnamed_columns
from bulk_upload.reading.child.csv_file import open_csv
from bulk_upload.reading.child.workbook import open_workbook
from catalog.tests.random_files.cells import CSV
from catalog.tests.random_files.files import File
from catalog.tests.random_files.oracle import OURS
from catalog.tests.random_files.plan import Plan
from medisupply.backends.database import database_now

# Statements of the transaction itself: a kill there is one before or after its neighbours.
OF_TRANSACTIONS: Final = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class Killed(BaseException):
    """The process ends here. Nothing that catches exceptions catches it."""


@dataclass(frozen=True)
class Attempt:
    """One claim: the size of its chunks, and the statement of which its process dies, 0 for none.

    It dies before the database has the statement, or when it has done it but nobody knows yet.
    """

    chunk_rows: int
    killed_at: int = 0
    is_done: bool = False


def accepted(plan: Plan, file: File) -> BulkUpload:
    return BulkUpload.objects.create(
        sheet_name=plan.sheet,
        proveedor_id=OURS if plan.is_sent_by_suppliers else None,
        filename=f"a.{file.file_format}",
        file_format=file.file_format,
        s3_key="k",
        size=1,
        reemplazar_duplicados=file.replace,
    )


def run(upload: BulkUpload, path: Path, attempts: Sequence[Attempt]) -> int:
    """Import the file; the last attempt is not killed. Returns how many were."""
    killed = 0
    for attempt in (*attempts, Attempt(attempts[-1].chunk_rows)):
        BulkUpload.objects.filter(pk=upload.pk, status="processing").update(lease_until=database_now())
        claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
        if claimed is None:
            break
        try:
            with _killed(attempt):
                _import(claimed, path, attempt.chunk_rows)
        except Killed:
            killed += 1
    upload.refresh_from_db()
    return killed


def _import(claimed: BulkUpload, path: Path, chunk_rows: int) -> None:
    opened = open_csv if claimed.file_format == CSV else open_workbook
    with opened(path, registry.get(claimed.sheet_name).sheet, Limits()) as read:
        table = with_unnamed_columns(read)
        chunks = checked_chunks(table, next_row=claimed.next_row, chunk_rows=chunk_rows)
        checked = CheckedTable(
            table.header,
            table.total,
            chunks,
            table.sheet,
            table.encoding,
            table.delimiter,
            table.warnings,
            lambda: True,
        )
        import_table(claimed, checked, after_chunk=lambda: None)
    claimed.complete()


@contextmanager
def _killed(attempt: Attempt) -> Iterator[None]:
    left = attempt.killed_at

    def execute(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        if sql.startswith(OF_TRANSACTIONS):
            return run(sql, params, many, context)
        left -= 1
        if left == 0 and not attempt.is_done:
            raise Killed
        result = run(sql, params, many, context)
        if left == 0:
            raise Killed
        return result

    with connection.execute_wrapper(execute):
        yield
