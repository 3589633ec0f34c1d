"""The import of one upload: read → validate → match → write, a chunk at a time.

The stages do not know each other; `import_table` composes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import NamedTuple

from django.db import transaction

from bulk_upload.cells import Row, row_number
from bulk_upload.columns import INDEX
from bulk_upload.importing.ahead import Ahead
from bulk_upload.importing.chunk import Chunk, row_errors
from bulk_upload.importing.seen import Column, SeenKeys
from bulk_upload.importing.validate import CheckedRow, Problem, Validator
from bulk_upload.models import BulkUpload
from bulk_upload.problems import shown
from bulk_upload.reading.table import Table
from bulk_upload.reading.waiting import Waiting


class CheckedChunk(NamedTuple):
    """Rows that are ready to be written, as the reading thread hands them over.

    `repeated` are the numbers of rows whose `id` or `codigo` stood in an earlier row; `corrected` maps a
    row to the row of the original that it corrects.
    """

    rows: list[CheckedRow]
    repeated: set[int]
    corrected: dict[int, int]


def import_table(
    upload: BulkUpload,
    table: Table,
    *,
    chunk_rows: int,
    after_chunk: Callable[[], None],
    waiting: Waiting | None = None,
) -> None:
    """Import every row of `table` from the upload's checkpoint on.

    `after_chunk` is called after each commit; what it raises ends the import there, at a checkpoint.
    `waiting` is what the table was opened with, if it was opened with one. Raises `ClaimLost`, `FileProblem`
    (the reader found the file unreadable midway) or `OperationalError` (the database is away); what was
    committed stays.
    """
    waiting = waiting or Waiting()
    if not upload.next_row:
        _begin(upload, table)
    reading = _Reading(upload, table, chunk_rows)
    # From here on the reader is heard on another thread: its waiting is no longer ours.
    on_wait = waiting.callback

    def produce(check: Callable[[], None]) -> Iterator[CheckedChunk]:
        waiting.callback = check
        return reading.chunks()

    with closing(iter(Ahead(produce, on_wait))) as chunks:
        for chunk in chunks:
            Chunk(upload, chunk.rows, chunk.repeated, chunk.corrected).commit()
            after_chunk()


class _Reading:
    """Rows → checked chunks, from the first row that is not imported yet. Knows no database."""

    def __init__(self, upload: BulkUpload, table: Table, chunk_rows: int) -> None:
        self._table = table
        self._chunk_rows = chunk_rows
        self._next_row = upload.next_row
        self._original_row = table.header.original_row if upload.corrects_id else None

    def chunks(self) -> Iterator[CheckedChunk]:
        validator = Validator(self._table.header, self._table.delimiter)
        with SeenKeys() as seen:
            for rows in _chunks(self._table.batches, self._chunk_rows):
                checked, repeated = _mark_repeated([validator.check(row) for row in rows], seen)
                # Rows that an earlier claim has imported are only remembered.
                fresh = [row for row in rows if row[0] >= self._next_row]
                if fresh:
                    yield CheckedChunk(checked[-len(fresh) :], repeated, self._corrected(fresh))

    def _corrected(self, rows: list[Row]) -> dict[int, int]:
        position = self._original_row
        if position is None:
            return {}
        named = {number: cells[position] for number, cells in rows if position < len(cells)}
        return {number: original for number, cell in named.items() if (original := row_number(cell))}


def _begin(upload: BulkUpload, table: Table) -> None:
    """Record what was found in the file, and warn of columns that are ignored, once."""
    header = table.header
    warnings = [
        Problem(0, shown(header.texts[index]), "unknown_column", {"columna": shown(header.texts[index])}, warning=True)
        for index in header.unknown
    ]
    with transaction.atomic():
        upload.record_table(
            total=table.total,
            sheet=table.sheet,
            encoding=table.encoding,
            delimiter=table.delimiter,
            header_positions=header.positions,
            next_row=header.row + 1,
            corrects=header.corrects,
        )
        upload.row_errors.bulk_create(row_errors(upload, warnings))


def _chunks(batches: Iterator[list[Row]], size: int) -> Iterator[list[Row]]:
    """The reader's batches, regrouped into chunks of `size` rows."""
    pending: list[Row] = []
    for batch in batches:
        pending += batch
        while len(pending) >= size:
            yield pending[:size]
            del pending[:size]
    if pending:
        yield pending


def _mark_repeated(rows: list[CheckedRow], seen: SeenKeys) -> tuple[list[CheckedRow], set[int]]:
    """The rows, with an error on each whose `id` or `codigo` stood in an earlier row; and their numbers."""
    extra: dict[int, tuple[Problem, ...]] = {}
    for column in ("id", "codigo"):
        for row, first in _earlier(rows, column, seen):
            value = shown(row.values[INDEX[column]])
            params = {"columna": column, "valor": value, "fila_anterior": first}
            problem = Problem(row.fila, column, "duplicate_in_file", params, value)
            extra[row.fila] = (*extra.get(row.fila, ()), problem)
    if not extra:
        return rows, set()
    marked = [row._replace(problems=(*row.problems, *extra[row.fila])) if row.fila in extra else row for row in rows]
    return marked, set(extra)


def _earlier(rows: list[CheckedRow], column: Column, seen: SeenKeys) -> list[tuple[CheckedRow, int]]:
    index = INDEX[column]
    keys = [(key, row.fila) for row in rows if (key := row.values[index]) is not None]
    firsts = seen.add(column, keys)  # type: ignore[arg-type]  # an id and a code are text
    return [(row, firsts[row.fila]) for row in rows if row.fila in firsts] if firsts else []
