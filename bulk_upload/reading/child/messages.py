"""A table → the messages that the child sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.checking.tables import Table
from bulk_upload.reading import protocol
from bulk_upload.reading.child.csv_file import open_csv
from bulk_upload.reading.child.unnamed import with_unnamed_columns
from bulk_upload.reading.child.workbook import open_workbook
from bulk_upload.sheet.declaration import load_sheet


def messages(job: protocol.Job) -> Iterator[protocol.Message]:
    """Raises `FileProblem`, or whatever the libraries raise for a damaged file."""
    open_file = open_csv if job.file_format == "csv" else open_workbook
    sheet = load_sheet(job.sheet_module, job.sheet_name)
    with open_file(Path(job.path), sheet, job.limits) as table:
        table = with_unnamed_columns(table)
        yield protocol.table_message(table)
        yield from _chunks(table, job) if job.chunk_rows else _rows(table)
        yield ["end"]


def _chunks(table: Table, job: protocol.Job) -> Iterator[protocol.Message]:
    for chunk in checked_chunks(table, next_row=job.next_row, chunk_rows=job.chunk_rows):
        yield protocol.chunk_message(chunk)


def _rows(table: Table) -> Iterator[protocol.Message]:
    for batch in table.batches:
        yield ["rows", [(number, [None if cell == "" else cell for cell in cells]) for number, cells in batch]]
