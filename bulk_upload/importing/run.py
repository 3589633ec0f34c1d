"""The import of one upload: read → validate → match → write, a chunk at a time.

The stages do not know each other; `import_table` composes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import transaction

from bulk_upload.cells import Row, row_number
from bulk_upload.columns import INDEX
from bulk_upload.headers import HeaderMatch
from bulk_upload.importing.chunk import Chunk, row_errors
from bulk_upload.importing.seen import Column, SeenKeys
from bulk_upload.importing.validate import CheckedRow, Problem, Validator
from bulk_upload.models import BulkUpload
from bulk_upload.problems import shown
from bulk_upload.reading.table import Table


def import_table(upload: BulkUpload, table: Table, *, chunk_rows: int, after_chunk: Callable[[], None]) -> None:
    """Import every row of `table` from the upload's checkpoint on.

    `after_chunk` is called after each commit; what it raises ends the import there, at a checkpoint.
    Raises `ClaimLost`, `FileProblem` (the reader found the file unreadable midway) or `OperationalError`
    (the database is away); what was committed stays.
    """
    validator = Validator(table.header, table.delimiter)
    if not upload.next_row:
        _begin(upload, table)
    with SeenKeys() as seen:
        for rows in _chunks(table.batches, chunk_rows):
            # Rows that an earlier claim has imported are only remembered.
            fresh = [row for row in rows if row[0] >= upload.next_row]
            checked = [validator.check(row) for row in rows]
            checked, repeated = _mark_repeated(checked, seen)
            if fresh:
                Chunk(upload, checked[-len(fresh) :], repeated, _corrected(upload, fresh, table.header)).commit()
                after_chunk()


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


def _corrected(upload: BulkUpload, rows: list[Row], header: HeaderMatch) -> dict[int, int]:
    """Row number → number of the original row that it corrects, for an upload that corrects another."""
    position = header.original_row
    if upload.corrects_id is None or position is None:
        return {}
    named = {number: cells[position] for number, cells in rows if position < len(cells)}
    return {number: original for number, cell in named.items() if (original := row_number(cell))}


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
    keys = [(str(row.values[index]), row.fila) for row in rows if row.values[index] is not None]
    firsts = seen.add(column, keys)
    return [(row, firsts[row.fila]) for row in rows if row.fila in firsts] if firsts else []
