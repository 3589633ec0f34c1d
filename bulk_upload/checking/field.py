"""One column of a sheet: many cells → values at once.

What nearly all files hold takes little Python work for each cell: plain columns are recognised as a whole, each
different cell of the others, and of those that hold few, is parsed once. What is left goes through the column's own
rule, cell by cell. All three ways come to the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bulk_upload.checking.column_fast_path import plain_values
from bulk_upload.sheet.cells import Cell, UnreadCell, is_blank
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.formulas import WRAPPERS, unwrapped
from bulk_upload.sheet.problems import CellProblem
from bulk_upload.sheet.text_cleaning import BLANKS
from bulk_upload.sheet.values import Value

# Different cells of one column whose values are remembered.
REMEMBERED: Final = 4096
# Cells that are looked at to see how many different ones a column has, at most, and the share that is few.
SAMPLE: Final = 256
FEW: Final = 1 / 16

Refusals = dict[int, CellProblem]


class Field:
    """Parses the cells of one column, and remembers what the different ones have come to."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._plain = plain_values(column)
        self._known: dict[Cell, Value | None] = {}

    def values(self, cells: Sequence[Cell]) -> tuple[list[Value | None], Refusals]:
        """The value of each cell, `None` for a blank or a refused one; and why, by place, cells were refused."""
        types = set(map(type, cells))
        values = self._plain(cells, types) if self._plain and not _are_few(cells) else None
        # True and False are equal to 1.0 and 0.0, but are not the same cell.
        if values is None and (bool not in types or (self._column.kind == "boolean" and types == {bool})):
            values = self._known_values(cells)
        if values is not None:
            return values, {}
        return self._one_by_one(cells, {} if bool in types else self._known)

    def _known_values(self, cells: Sequence[Cell]) -> list[Value | None] | None:
        """The values when each different cell has one, else `None`."""
        known = self._known
        try:
            return list(map(known.__getitem__, cells))
        except KeyError:
            pass
        if len(known) > REMEMBERED:
            known.clear()
        complete = True
        for cell in set(cells).difference(known):
            try:
                known[cell] = self._value(cell)
            except CellProblem:
                complete = False
        return list(map(known.__getitem__, cells)) if complete else None

    def _one_by_one(
        self, cells: Sequence[Cell], known: Mapping[Cell, Value | None]
    ) -> tuple[list[Value | None], Refusals]:
        """With a look at what is `known` of cells: one refused cell among thousands costs only itself."""
        values: list[Value | None] = []
        refusals: Refusals = {}
        for place, cell in enumerate(cells):
            value = None
            try:
                value = known[cell] if cell in known else self._value(cell)
            except CellProblem as problem:
                refusals[place] = problem
            values.append(value)
        return values, refusals

    def _value(self, cell: Cell) -> Value | None:
        if isinstance(cell, UnreadCell):
            raise CellProblem(cell.code, valor=cell.text)
        if isinstance(cell, str) and (text := cell.strip(BLANKS))[:1] in WRAPPERS:
            cell = unwrapped(text)
        if not is_blank(cell):
            return self._column.parse(cell)
        if self._column.required:
            raise CellProblem("required_blank")
        return None


def _are_few(cells: Sequence[Cell]) -> bool:
    """Whether there are so few different cells that it is quicker to remember each than to look at all."""
    sample = cells[:: len(cells) // SAMPLE + 1]
    return len(set(sample)) <= len(sample) * FEW
