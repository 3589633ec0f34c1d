"""Cells → values: which rows are good, and what exactly is wrong with the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bulk_upload.cells import Cell, Row, is_blank
from bulk_upload.columns import COLUMNS, INDEX
from bulk_upload.headers import HeaderMatch
from bulk_upload.problems import CellProblem, Params, shown
from bulk_upload.values import Value, written


@dataclass(frozen=True, slots=True)
class Problem:
    """One error (or warning) of one cell or row. `columna` is ``""`` when the row as a whole is meant."""

    fila: int
    columna: str
    codigo: str
    params: Params
    valor: str = ""
    warning: bool = False


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
        return self.values[INDEX["id"]]  # type: ignore[return-value]

    @property
    def codigo(self) -> str | None:
        return self.values[INDEX["codigo"]]  # type: ignore[return-value]


class Validator:
    """Checks the rows of one sheet. Made once per file, since it knows where each column stands."""

    def __init__(self, header: HeaderMatch, delimiter: str) -> None:
        self._width = len(header.texts)
        self._delimiter = delimiter
        self._fields = [
            (column.name, column.parse, column.required, header.positions.get(column.name)) for column in COLUMNS
        ]

    def check(self, row: Row) -> CheckedRow:
        """Every cell of `row` through its column's rule."""
        fila, cells = row
        count = len(cells)
        values: list[Value | None] = []
        problems: list[Problem] = []
        for name, parse, required, position in self._fields:
            cell = cells[position] if position is not None and position < count else None
            if is_blank(cell):
                if required:
                    problems.append(Problem(fila, name, "required_blank", {"columna": name}))
                values.append(None)
                continue
            try:
                values.append(parse(cell))
            except CellProblem as problem:
                problems.append(_of_cell(fila, name, cell, problem))
                values.append(None)
        if count > self._width and self._delimiter:
            problems += self._extra_cells(fila, cells)
        return CheckedRow(fila, tuple(values), tuple(problems))

    def _extra_cells(self, fila: int, cells: list[Cell]) -> list[Problem]:
        """A CSV row longer than its header: most likely an unquoted separator has shifted its values."""
        if all(is_blank(cell) for cell in cells[self._width :]):
            return []
        params: Params = {"celdas": len(cells), "columnas": self._width, "separador": _visible(self._delimiter)}
        return [Problem(fila, "", "extra_cells", params, shown(written(cells[-1])))]


def critical_above_minimum(fila: int, values: Mapping[str, object]) -> Problem | None:
    """The warning for a critical stock above the minimum, given the values that the product will have."""
    critico, minimo = values["stock_critico"], values["stock_minimo"]
    if isinstance(critico, int) and isinstance(minimo, int) and critico > minimo:
        params = {"critico": critico, "minimo": minimo}
        return Problem(fila, "stock_critico", "critical_above_minimum", params, str(critico), warning=True)
    return None


def _of_cell(fila: int, name: str, cell: Cell, problem: CellProblem) -> Problem:
    seen = shown(written(cell))
    params: dict[str, str | int] = {"valor": seen, **problem.params, "columna": name}
    return Problem(fila, name, problem.code, params, seen)


def _visible(delimiter: str) -> str:
    return "tabulador" if delimiter == "\t" else delimiter
