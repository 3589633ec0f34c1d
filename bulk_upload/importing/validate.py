"""Cells → values: which rows are good, and what exactly is wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bulk_upload.cells import Cell, Row, is_blank
from bulk_upload.columns import COLUMNS, INDEX, Column
from bulk_upload.headers import HeaderMatch
from bulk_upload.problems import CellProblem, Params, shown
from bulk_upload.values import Value, written

ID: Final = INDEX["id"]
CODIGO: Final = INDEX["codigo"]
MINIMUM: Final = INDEX["stock_minimo"]
CRITICAL: Final = INDEX["stock_critico"]
# Different cells of one column whose values are remembered.
REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class Problem:
    """One error (or warning) of one cell or row. `columna` is ``""`` when the row as a whole is meant."""

    fila: int
    columna: str
    codigo: str
    params: Params
    valor: str = ""
    warning: bool = False


class _Field:
    """One column of this sheet, and what its cells have come to so far: most columns repeat few values."""

    def __init__(self, column: Column) -> None:
        self.known: dict[Cell, Value] = {}
        self._parse = column.parse
        self._required = column.required
        # Codes hardly repeat: remembering them would only fill memory.
        self._room = 0 if column.kind == "code" else REMEMBERED

    def value(self, cell: Cell) -> Value | None:
        """The cell's value, `None` for a blank optional one. Raises `CellProblem`."""
        if is_blank(cell):
            if self._required:
                raise CellProblem("required_blank")
            return None
        value = self._parse(cell)
        if self._room and cell.__class__ in (str, float):
            self._room -= 1
            self.known[cell] = value
        return value


class CheckedRow(NamedTuple):
    """A row after validation.

    `values` has one entry for each of `COLUMNS`; `None` is a blank optional cell, or one that is wrong.
    `problems` is empty for a good row.
    """

    fila: int
    values: tuple[Value | None, ...]
    problems: tuple[Problem, ...]

    @property
    def id(self) -> str | None:
        return self.values[ID]  # type: ignore[return-value]

    @property
    def codigo(self) -> str | None:
        return self.values[CODIGO]  # type: ignore[return-value]


class Validator:
    """Checks the rows of one sheet. Made once per file, since it knows where each column stands."""

    def __init__(self, header: HeaderMatch, delimiter: str) -> None:
        self._width = len(header.texts)
        self._delimiter = delimiter
        self._fields = {
            index: _Field(column) for index, column in enumerate(COLUMNS) if column.name in header.positions
        }
        self._steps = [
            (index, header.positions[COLUMNS[index].name], field.known) for index, field in self._fields.items()
        ]
        self._needed = 1 + max(header.positions.values(), default=0)

    def check(self, row: Row) -> CheckedRow:
        """Every cell of `row` through its column's rule."""
        fila, cells = row
        count = len(cells)
        if count < self._needed:
            cells = [*cells, *[None] * (self._needed - count)]
        values: list[Value | None] = [None] * len(COLUMNS)
        problems: list[Problem] | None = None
        fields = self._fields
        for index, position, known in self._steps:
            cell = cells[position]
            value = known.get(cell)
            # True and False are equal to 1.0 and 0.0, but are not the same cell.
            if value is None or cell is True or cell is False:
                try:
                    value = fields[index].value(cell)
                except CellProblem as problem:
                    problems = problems or []
                    problems.append(_of_cell(fila, COLUMNS[index].name, cell, problem))
                    value = None
            values[index] = value
        if count > self._width and self._delimiter:
            problems = [*(problems or ()), *self._extra_cells(fila, cells)]
        return CheckedRow(fila, tuple(values), tuple(problems) if problems else ())

    def _extra_cells(self, fila: int, cells: list[Cell]) -> list[Problem]:
        """A CSV row longer than its header: most likely an unquoted separator has shifted its values."""
        if all(is_blank(cell) for cell in cells[self._width :]):
            return []
        params: Params = {"celdas": len(cells), "columnas": self._width, "separador": _visible(self._delimiter)}
        return [Problem(fila, "", "extra_cells", params, shown(written(cells[-1])))]


def critical_above_minimum(fila: int, values: Sequence[Value]) -> Problem | None:
    """The warning for a critical stock above the minimum, given the values that the product will have."""
    critico, minimo = values[CRITICAL], values[MINIMUM]
    if isinstance(critico, int) and isinstance(minimo, int) and critico > minimo:
        params = {"critico": critico, "minimo": minimo}
        return Problem(fila, "stock_critico", "critical_above_minimum", params, str(critico), warning=True)
    return None


def _of_cell(fila: int, name: str, cell: Cell, problem: CellProblem) -> Problem:
    if problem.code == "required_blank":
        return Problem(fila, name, problem.code, {"columna": name})
    seen = shown(written(cell))
    params: dict[str, str | int] = {"valor": seen, **problem.params, "columna": name}
    return Problem(fila, name, problem.code, params, seen)


def _visible(delimiter: str) -> str:
    return "tabulador" if delimiter == "\t" else delimiter
