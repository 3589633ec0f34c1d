"""The number formats of single columns, in step with the rows that are read."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence

from bulk_upload.reading.child.calamine import RichCell
from bulk_upload.reading.child.number_formats import adds_text, is_percent, shown_text
from bulk_upload.reading.child.worksheet import Worksheet
from bulk_upload.sheet.cells import Cell, UnreadCell
from bulk_upload.sheet.values import written


class CellFormats:
    """What the cells of a sheet show for their numbers.

    `codes` are the workbook's formats by style; `texts` and `amounts` are the places of the columns of text
    and of numbers in which there are numbers.
    """

    def __init__(
        self, sheet: Worksheet, codes: Sequence[str], texts: Collection[int], amounts: Collection[int]
    ) -> None:
        self._codes = codes
        self._texts = texts if any(map(adds_text, codes)) else ()
        self._amounts = amounts if any(map(is_percent, codes)) else ()
        self._sheet = sheet
        self._read = 0
        self._rows: Iterator[list[RichCell]] = iter(())
        self._first = 0

    @property
    def change_values(self) -> bool:
        """Whether a number may be shown as something else."""
        return bool(self._texts or self._amounts)

    def apply(self, numbers: Sequence[int], columns: list[Sequence[Cell]]) -> None:
        """Put what is shown in the place of the numbers; `numbers` are the rows' own, and only grow."""
        if not self.change_values:
            return
        if not self._read:
            wanted = [*self._texts, *self._amounts]
            self._first = min(wanted)
            self._rows = self._sheet.cells(self._first, max(wanted))
        rows = [self._row(number) for number in numbers]
        for places, answer in ((self._texts, self._shown), (self._amounts, self._amount)):
            for place in places:
                if place < len(columns):  # blank columns at the right are left out
                    columns[place] = [answer(cell, row, place) for cell, row in zip(columns[place], rows, strict=True)]

    def _row(self, number: int) -> list[RichCell]:
        skipped = number - self._read - 1
        self._read = number
        return next(itertools.islice(self._rows, skipped, None), [])

    def _code(self, row: list[RichCell], place: int) -> str:
        at = place - self._first
        style = row[at].style_id if at < len(row) else 0
        return self._codes[style] if style < len(self._codes) else "General"

    def _shown(self, cell: Cell, row: list[RichCell], place: int) -> Cell:
        return shown_text(self._code(row, place), cell) if cell.__class__ is float else cell

    def _amount(self, cell: Cell, row: list[RichCell], place: int) -> Cell:
        if cell.__class__ is float and is_percent(self._code(row, place)):
            return UnreadCell("percent_number", written(cell))
        return cell
