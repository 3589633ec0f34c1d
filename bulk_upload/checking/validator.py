"""Cells → values: which rows are good, and what exactly is wrong with the others."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from bulk_upload.checking.field import Field
from bulk_upload.checking.results import Problem
from bulk_upload.sheet.cells import Cell, Row, is_blank
from bulk_upload.sheet.checks import Rule
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.problems import CellProblem, shown
from bulk_upload.sheet.texts import Params
from bulk_upload.sheet.values import Value, written

# One list of values for each of the sheet's columns.
Columns = list[list[Value | None]]
# The problems of rows, by the row's place among those that were checked.
Problems = dict[int, list[Problem]]


class Validator:
    """Checks the rows of one sheet. Made once per file, since it knows where each column stands."""

    def __init__(self, header: HeaderMatch, delimiter: str) -> None:
        self._width = len(header.texts)
        self._delimiter = delimiter
        self._columns = header.sheet.columns
        self._positions = [header.positions.get(column.name) for column in self._columns]
        self._fields = [Field(column) for column in self._columns]
        index = header.sheet.index
        self._rules = [(rule, [index[name] for name in rule.columns]) for rule in header.sheet.requires]

    def check(self, rows: Sequence[Row]) -> tuple[Columns, Problems]:
        """Every cell of `rows` through its column's rule: the values by column, and what is wrong by row.

        The value of a blank optional cell, and of a wrong one, is `None`.
        """
        columns: Columns = []
        problems: Problems = {}
        by_place = list(itertools.zip_longest(*(cells for _, cells in rows)))
        nothing = (None,) * len(rows)
        for column, field, position in zip(self._columns, self._fields, self._positions, strict=True):
            if position is None:
                columns.append([None] * len(rows))
                continue
            cells: Sequence[Cell] = by_place[position] if position < len(by_place) else nothing
            values, refusals = field.values(cells)
            columns.append(values)
            for place, problem in refusals.items():
                problems.setdefault(place, []).append(_of_cell(rows[place][0], column.name, cells[place], problem))
        if self._delimiter and len(by_place) > self._width:
            self._add_extra_cells(rows, problems)
        for rule, places in self._rules:
            self._apply(rule, [columns[place] for place in places], rows, problems)
        return columns, problems

    def _apply(self, rule: Rule, columns: Columns, rows: Sequence[Row], problems: Problems) -> None:
        """A rule across columns, for the rows whose cells are all right."""
        for place, values in enumerate(zip(*columns, strict=True)):
            if place not in problems and (found := rule.find(values)):
                fila = rows[place][0]
                problems[place] = [Problem(fila, found.columna, found.codigo, found.params, found.valor)]

    def _add_extra_cells(self, rows: Sequence[Row], problems: Problems) -> None:
        """A CSV row longer than its header: most likely an unquoted separator has shifted its values."""
        for place, (fila, cells) in enumerate(rows):
            if all(map(is_blank, cells[self._width :])):
                continue
            params: Params = {"celdas": len(cells), "columnas": self._width, "separador": _visible(self._delimiter)}
            problem = Problem(fila, "", "extra_cells", params, shown(written(cells[-1])))
            problems.setdefault(place, []).append(problem)


def _of_cell(fila: int, name: str, cell: Cell, problem: CellProblem) -> Problem:
    if problem.code == "required_blank":
        return Problem(fila, name, problem.code, {"columna": name})
    seen = shown(written(cell))
    params: dict[str, str | int] = {"valor": seen, **problem.params, "columna": name}
    return Problem(fila, name, problem.code, params, seen)


def _visible(delimiter: str) -> str:
    return "tabulador" if delimiter == "\t" else delimiter
