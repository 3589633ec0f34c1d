"""Merged cells below the header: one value that stands for several rows, or covers other columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from bulk_upload.reading.child.sheet_xml import Range
from bulk_upload.sheet.cells import Cell, UnreadCell
from bulk_upload.sheet.headers import HeaderMatch

_COVERED: Final = UnreadCell("merged_cell", "")


class MergedCells:
    """Fills the cells that merged ranges leave blank. Rows come in the order of the sheet."""

    def __init__(self, ranges: Iterable[Range], header: HeaderMatch) -> None:
        # For each column: first and last row of each range, and whether the value stands in this column.
        self._ranges: dict[int, list[tuple[int, int, bool]]] = defaultdict(list)
        # A value that is merged over several rows is, to everybody who sees the sheet, the value of each of them. Not
        # so what belongs to one row only.
        single = {*header.sheet.unique, *(header.sheet.key if len(header.sheet.key) == 1 else ())}
        self._filled = {place for name, place in header.positions.items() if name not in single}
        self._values: dict[tuple[int, int], Cell] = {}
        for top, left, bottom, right in ranges:
            if top > header.row:
                for place in header.positions.values():
                    if left <= place <= right and (top < bottom or left < place):
                        self._ranges[place].append((top, bottom, place == left))
        for found in self._ranges.values():
            found.sort(reverse=True)  # the next one is the last

    def apply(self, numbers: Sequence[int], columns: list[Sequence[Cell]]) -> None:
        for place, ranges in self._ranges.items():
            if not ranges or ranges[-1][0] > numbers[-1]:
                continue
            columns += [("",) * len(numbers) for _ in range(place + 1 - len(columns))]
            cells = list(columns[place])
            for at, number in enumerate(numbers):
                while ranges and ranges[-1][1] < number:
                    ranges.pop()
                if ranges and ranges[-1][0] <= number:
                    cells[at] = self._cell(cells[at], number, place, ranges[-1])
            columns[place] = cells

    def _cell(self, cell: Cell, number: int, place: int, merged: tuple[int, int, bool]) -> Cell:
        top, _, holds_value = merged
        if number == top and holds_value:
            self._values[top, place] = cell
            return cell
        if cell not in ("", None):
            return cell  # a value below the merged one, which a person does not see but a program has written
        if not holds_value or place not in self._filled:
            return _COVERED
        return self._values.get((top, place))
