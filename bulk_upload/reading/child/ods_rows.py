"""The rows of an .ods' sheet, in which one element may stand for many equal rows, and one for many equal cells."""

from __future__ import annotations

from typing import Final

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.ods_cells import OdsCells
from bulk_upload.reading.child.ods_names import (
    COLUMNS_REPEATED,
    COLUMNS_SPANNED,
    LAYOUT,
    ROWS_REPEATED,
    ROWS_SPANNED,
)
from bulk_upload.reading.child.plain_workbook import COLUMNS, Merge, PlacedCell, PlainSheet
from bulk_upload.sheet.problems import FileProblem

# What Excel has; a value below is refused.
_ROWS: Final = 1_048_576
# Ranges of merged cells that are kept: a sheet with more is no list of anything.
_MOST_MERGES: Final = 100_000


class OdsRows:
    """Writes the rows to a sheet of the plain workbook."""

    def __init__(self, sheet: PlainSheet, merges: list[Merge], cells: OdsCells, limits: Limits) -> None:
        self._sheet = sheet
        self._merges = merges
        self._cells = cells
        # One more than is allowed, so that the reader refuses the sheet.
        self._last_column = min(limits.max_columns, COLUMNS - 1)
        self._row = 0
        self._repeated = 1
        self._column = 0
        self._found: list[PlacedCell] = []

    @property
    def is_full(self) -> bool:
        return self._sheet.is_full

    def begin_row(self, attributes: dict[str, str]) -> None:
        self._repeated = _count(attributes, ROWS_REPEATED)
        self._column = 0
        self._found = []

    def end_row(self) -> None:
        if self._found:
            if self._row + self._repeated > _ROWS:
                raise FileProblem("damaged_file")
            for number in range(self._row + 1, self._row + self._repeated + 1):
                self._sheet.add_row(number, self._found)
                if self._sheet.is_full:
                    break
        self._row += self._repeated

    def add_cell(self, attributes: dict[str, str], text: str) -> None:
        repeated = _count(attributes, COLUMNS_REPEATED)
        column = self._column
        self._column += repeated
        if LAYOUT.issuperset(attributes) and not text:
            return
        if ROWS_SPANNED in attributes or COLUMNS_SPANNED in attributes:
            self._merge(column, _count(attributes, ROWS_SPANNED), _count(attributes, COLUMNS_SPANNED))
        cell = self._cells.cell(attributes, text)
        if not cell:
            return
        if repeated == 1:
            # A value far to the right is what the reader refuses: its place does not matter.
            self._found.append((min(column, COLUMNS - 1), cell))
            return
        self._found += [(at, cell) for at in range(column, min(column + repeated, self._last_column + 1))]

    def _merge(self, column: int, rows: int, columns: int) -> None:
        bottom, right = self._row + rows - 1, column + columns - 1
        if rows * columns > 1 and bottom < _ROWS and right < COLUMNS and len(self._merges) < _MOST_MERGES:
            self._merges.append((self._row, bottom, column, right))


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name)
    if text is None:
        return 1
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not count:
        raise FileProblem("damaged_file")
    return count
