"""Cells → values: which rows are good, and what exactly is wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence

from bulk_upload.checking.field import Field
from bulk_upload.checking.results import Problem
from bulk_upload.checking.tables import Batch
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.cells import Cell, is_blank
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.mapped_sheet import constant_value
from bulk_upload.sheet.problems import CellProblem, shown
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
        constants = header.constants.items()
        self._constants = {name: constant_value(header.sheet.column(name), cell) for name, cell in constants}
        index = header.sheet.index
        self._rules = [(rule, [index[name] for name in rule.columns]) for rule in header.sheet.requires]

    def check(self, batch: Batch) -> tuple[Columns, Problems]:
        """Every cell of the batch through its column's rule: the values by column, and what is wrong by row.

        The value of a blank optional cell, and of a wrong one, is `None`.
        """
        columns: Columns = []
        problems: Problems = {}
        numbers = batch.numbers
        nothing = (None,) * len(numbers)
        for column, field, position in zip(self._columns, self._fields, self._positions, strict=True):
            if position is None:
                columns.append([self._constants.get(column.name)] * len(numbers))
                continue
            cells: Sequence[Cell] = batch.columns[position] if position < len(batch.columns) else nothing
            values, refusals = field.values(cells)
            columns.append(values)
            for place, problem in refusals.items():
                problems.setdefault(place, []).append(_of_cell(numbers[place], column.name, cells[place], problem))
        if self._delimiter and len(batch.columns) > self._width:
            self._add_extra_cells(batch, problems)
        for rule, places in self._rules:
            # Only of the rows whose cells are all right.
            for place, found in rule.find_all([columns[place] for place in places]).items():
                if place not in problems:
                    problems[place] = [Problem(numbers[place], found.columna, found.codigo, found.params, found.valor)]
        return columns, problems

    def _add_extra_cells(self, batch: Batch, problems: Problems) -> None:
        """A CSV row longer than its header: most likely an unquoted separator has shifted its values."""
        extra = batch.columns[self._width :]
        for place, (fila, cells) in enumerate(zip(batch.numbers, zip(*extra, strict=True), strict=True)):
            if all(map(is_blank, cells)):
                continue
            given = [cell for cell in cells if cell is not None]
            params: Params = {
                "celdas": self._width + len(given),
                "columnas": self._width,
                "separador": _visible(self._delimiter),
            }
            problems.setdefault(place, []).append(Problem(fila, "", "extra_cells", params, shown(written(given[-1]))))


def _of_cell(fila: int, name: str, cell: Cell, problem: CellProblem) -> Problem:
    if problem.code == "required_blank":
        return Problem(fila, name, problem.code, {"columna": name})
    seen = shown(written(cell))
    params: dict[str, str | int] = {"valor": seen, **problem.params, "columna": name}
    return Problem(fila, name, problem.code, params, seen)


def _visible(delimiter: str) -> str:
    return "tabulador" if delimiter == "\t" else delimiter
