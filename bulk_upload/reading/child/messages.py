"""A table → the messages that the child sends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.checking.tables import Batch, ColumnTable
from bulk_upload.reading import protocol
from bulk_upload.reading.child.columns_without_header import with_unnamed_columns
from bulk_upload.reading.child.csv_file import open_csv
from bulk_upload.reading.child.csv_preview import preview_csv
from bulk_upload.reading.child.plain_file import plain_file
from bulk_upload.reading.child.previewing import PREVIEW_ROWS
from bulk_upload.reading.child.workbook import open_workbook
from bulk_upload.reading.child.workbook_preview import preview_workbook
from bulk_upload.sheet.cells import Cell
from bulk_upload.sheet.declaration import load_sheet
from bulk_upload.sheet.mapped_sheet import mapped_sheet
from bulk_upload.sheet.values import written


def messages(job: protocol.Job) -> Iterator[protocol.Message]:
    """Raises `FileProblem`, or whatever the libraries raise for a damaged file."""
    sheet = mapped_sheet(load_sheet(job.sheet_module, job.sheet_name), job.mapping)
    # A preview needs no more of a file that is converted.
    limits = replace(job.limits, max_rows=PREVIEW_ROWS) if job.preview else job.limits
    with plain_file(Path(job.path), job.file_format, limits) as (file_format, path):
        if job.preview:
            preview = preview_csv if file_format == "csv" else preview_workbook
            yield protocol.Previewed(preview(path, sheet, job.limits, job.mapping))
            return
        open_file = open_csv if file_format == "csv" else open_workbook
        with open_file(path, sheet, job.limits, job.mapping) as table:
            yield from _of_table(table, job)


def _of_table(table: ColumnTable, job: protocol.Job) -> Iterator[protocol.Message]:
    table = with_unnamed_columns(table)
    yield protocol.Opened(
        table.header.row,
        list(table.header.lower),
        table.total,
        table.sheet,
        table.encoding,
        table.delimiter,
        list(table.warnings),
        list(table.header.groups),
    )
    table.batches = _counted(table, table.batches)
    if job.chunk_rows:
        yield from checked_chunks(table, next_row=job.next_row, chunk_rows=job.chunk_rows)
    else:
        yield from map(_rows, table.batches)
    yield protocol.End(table.total, list(table.final_warnings))


def _counted(table: ColumnTable, batches: Iterator[Batch]) -> Iterator[Batch]:
    """The batches of `table`, whose total is afterwards the number of their rows."""
    total = 0
    for batch in batches:
        total += len(batch.numbers)
        yield batch
    table.total = total


def _rows(batch: Batch) -> protocol.Rows:
    columns = ([_sent(cell) for cell in column] for column in batch.columns)
    return protocol.Rows([(number, list(cells)) for number, *cells in zip(batch.numbers, *columns, strict=True)])


def _sent(cell: Cell) -> Cell:
    """The cell as it is sent: JSON knows no number that is none."""
    if cell == "":
        return None
    return written(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
