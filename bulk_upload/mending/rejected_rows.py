"""The rejected rows of an upload as the page needs them: a worker reads them from the original and stores them.

Only the sheet's own columns, in the order of the file. The page never sees the file itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import IO, Final

import msgspec

from bulk_upload.checking.tables import RowTable
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.cells import Cell
from bulk_upload.sheet.formulas import LONGEST
from bulk_upload.sheet.text_cleaning import BLANKS, CONTROL, LOST
from bulk_upload.sheet.values import written
from bulk_upload.workbooks.corrections import Written, rejected_rows, uncorrected
from bulk_upload.workbooks.origin import Origin

# Rows that are listed on the page; more are for a spreadsheet program.
MOST_ROWS: Final = 2000
# Bytes of their file: the page reads it at each answer. Ordinary rows take 300.
MOST_BYTES: Final = 8 * 1000 * 1000
_LINE_ENDS: Final = re.compile(r"[\t-\r\x85\u2028\u2029]+")


class RejectedRow(msgspec.Struct, frozen=True, array_like=True):
    """Row `fila` of the upload's file; `original` is the row of the first upload that it is about."""

    fila: int
    original: int | None
    cells: list[Cell]


class RejectedRows(msgspec.Struct, frozen=True, array_like=True):
    """`columns` names those that the file or its mapping has; each row has a cell for each.

    `origin` is the first upload.
    """

    columns: list[str]
    origin: str
    rows: list[RejectedRow]


def write_rejected_rows(
    upload: BulkUpload, table: RowTable, target: IO[bytes], after_batch: Callable[[int], None] = lambda rows: None
) -> Written:
    """Write the first `MOST_ROWS` rejected rows of `upload` that no later upload has corrected to `target`.

    A column that the upload's mapping gives a constant follows those of the file.
    `table` and `after_batch` are as those of `write_corrections`.
    """
    header, origin = table.header, Origin.of(upload, table.header)
    columns = sorted(header.positions, key=header.positions.__getitem__)
    places = [header.positions[name] for name in columns]
    constants = list(header.constants.values())
    rows: list[RejectedRow] = []
    size = missing = 0
    for (fila, cells), _ in rejected_rows(table.batches, uncorrected(upload), lambda: after_batch(len(rows))):
        row = RejectedRow(fila, origin.row(fila, cells), [*(_kept(cells, place) for place in places), *constants])
        size += len(msgspec.msgpack.encode(row))
        if len(rows) == MOST_ROWS or size > MOST_BYTES:
            missing = fila
            break
        rows.append(row)
    target.write(msgspec.msgpack.encode(RejectedRows([*columns, *header.constants], str(origin.task_id), rows)))
    return Written(len(rows), missing)


def read_rejected_rows(content: bytes) -> RejectedRows:
    """What `write_rejected_rows` has written. Raises `msgspec.DecodeError`."""
    return msgspec.msgpack.decode(content, type=RejectedRows)


def as_typed(text: str) -> str:
    """A text as a box for one line holds it. No column takes a longer one.

    >>> as_typed("Caja\\nx 100")
    'Caja x 100'
    """
    return CONTROL.sub(LOST, _LINE_ENDS.sub(" ", text[:LONGEST]))


def as_shown(cell: Cell) -> str:
    """The cell of the file as its box shows it."""
    return as_typed(written(cell))


def _kept(cells: Sequence[Cell], place: int) -> Cell:
    """What is kept of a cell: one that is longer is refused, however long it is."""
    cell = cells[place] if place < len(cells) else None
    return cell.strip(BLANKS)[: LONGEST + 1] if isinstance(cell, str) else cell
