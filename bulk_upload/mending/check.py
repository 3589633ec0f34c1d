"""Rows as a person has changed them, through the rules of the import that need no database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bulk_upload.checking.chunks import checked_chunks
from bulk_upload.checking.results import CheckedChunk
from bulk_upload.checking.tables import Batch, ColumnTable
from bulk_upload.sheet.cells import Cell
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.headers import HeaderMatch


def checked(sheet: Sheet, columns: Sequence[str], rows: Sequence[tuple[int, Sequence[Cell]]]) -> CheckedChunk:
    """What the import's checks say of `rows`: their numbers, in ascending order, and a cell for each of `columns`.

    Also of keys that two of them have in common.
    """
    if not rows:
        return CheckedChunk([], [[] for _ in sheet.columns], 0, [])
    header = HeaderMatch(sheet, 1, tuple(columns), {name: place for place, name in enumerate(columns)}, ())
    cells = cast(list[Sequence[Cell]], list(zip(*(cells for _, cells in rows), strict=True)))
    batch = Batch([fila for fila, _ in rows], cells)
    return next(checked_chunks(ColumnTable(header, len(rows), iter([batch])), next_row=0, chunk_rows=len(rows)))
