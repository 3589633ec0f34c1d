"""The rows of a loaded sheet: what calamine read, and the marks that the scan found."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, cast

from python_calamine import CalamineSheet

from bulk_upload.cells import Cell, ErrorCell, Row, is_blank
from bulk_upload.columns import COLUMNS
from bulk_upload.headers import HeaderMatch
from bulk_upload.reading.child.marks import Mark, Marks

# Where the zeros that a number format adds belong to the value: 00007 is a code, but five days are
# five days, though the sheet shows them as 05 or as "5 días".
_TEXT_COLUMNS: Final = frozenset(column.name for column in COLUMNS if column.kind in ("code", "text"))


class SheetRows:
    """The rows of one sheet, which can be gone through several times."""

    def __init__(self, sheet: CalamineSheet, marks: Marks) -> None:
        self._sheet = sheet
        self._marks = marks

    def rows(self, texts: Collection[int] = ()) -> Iterator[Row]:
        """Every row down to the last one with content, blank ones too, from column A on.

        A blank cell is ``""`` or `None`; dates are still calamine's. `texts` are the places of the
        columns whose numbers are shown as their format says.
        """
        # calamine keeps the blank rows at the top and leaves out the blank columns at the left.
        left: list[Cell] = [None] * (self._sheet.start or (0, 0))[1]
        rows = enumerate(cast(Iterator[list[Cell]], self._sheet.iter_rows()), start=1)
        return self._completed(rows, left, texts) if left or self._marks else rows

    def _completed(self, rows: Iterator[Row], left: list[Cell], texts: Collection[int]) -> Iterator[Row]:
        """The rows with the cells at their left, and their marks."""
        marked = self._marks.by_row()
        marked_row, marks = next(marked, (0, []))
        for number, cells in rows:
            complete = left + cells
            if number == marked_row:
                for column, mark in marks:
                    _apply(mark, complete, column, column in texts)
                marked_row, marks = next(marked, (0, []))
            yield number, complete

    def data(self, header: HeaderMatch) -> Iterator[Row]:
        """The rows below the header that are not blank."""
        texts = {place for name, place in header.positions.items() if name in _TEXT_COLUMNS}
        key = header.positions["id"]
        for number, cells in self.rows(texts):
            # The first look says it of nearly every row.
            if number > header.row and not (is_blank(cells[key]) and all(map(is_blank, cells))):
                yield number, cells


def _apply(mark: Mark, cells: list[Cell], column: int, is_text: bool) -> None:
    if isinstance(mark, ErrorCell):
        cells[column] = mark
    elif is_text:
        number = cells[column]
        shown = mark.text(number) if isinstance(number, float) else None
        if shown is not None:
            cells[column] = shown
