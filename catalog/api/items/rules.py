"""JSON → product: each value goes through its column's rule, and the row is matched as a sheet's row is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bulk_upload.checking.results import CheckedValues, Problem
from bulk_upload.sheet.cells import Cell, is_blank
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.problems import CellProblem, shown
from bulk_upload.sheet.values import EXACT_INTEGERS, Value, parse_boolean, written
from catalog.sheets.products import PRODUCTS

KEY: Final = "id"
ACTIVE: Final = "activo"
NOT_A_VALUE: Final = "not_a_value"


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """A body after validation: `values` as of a row of a sheet, and whether the product is to be active.

    `activo` is `None` when it was not given. `cleared` are columns that are to have no value: in a sheet's row, and so
    in `values`, a blank one would stay as it is. The values of an item with `problems` are not to be used.
    """

    values: CheckedValues
    problems: tuple[Problem, ...]
    activo: bool | None
    cleared: tuple[str, ...]

    @property
    def id(self) -> str:
        return str(self.values[PRODUCTS.index[KEY]])


def check_new(data: Mapping[str, Any], key: str | None = None) -> CheckedItem:
    """A whole product: every required value must be there; what is optional and absent gets its default.

    `key` is the id of the one that it replaces, and stays as it is: today's rules for ids may not allow it.
    """
    return _check({name: data.get(name, key if name == KEY else None) for name in _names()}, key)


def check_changes(data: Mapping[str, Any], key: str) -> CheckedItem:
    """Some values of the product `key`: what is absent stays as it is, an optional null gets its default."""
    return _check({**{name: data[name] for name in _names() if name in data}, KEY: data.get(KEY, key)}, key)


def _names() -> list[str]:
    return [*(column.name for column in PRODUCTS.columns), ACTIVE]


def _check(data: Mapping[str, Any], key: str | None) -> CheckedItem:
    values: list[Value | None] = []
    problems: list[Problem] = []
    cleared: list[str] = []
    for column in PRODUCTS.columns:
        value: Value | None = None
        if column.name == KEY and key is not None and data[KEY] == key:
            value = key
        elif column.name in data:
            try:
                value = _value(column, data[column.name])
            except CellProblem as problem:
                problems.append(_problem(column.name, data[column.name], problem))
            else:
                cleared += [column.name] if value is None else []
        values.append(value)
    active: bool | None = None
    if not is_blank(_cell_or_none(data.get(ACTIVE))):
        try:
            active = bool(parse_boolean(_cell(ACTIVE, "boolean", data[ACTIVE])))
        except CellProblem as problem:
            problems.append(_problem(ACTIVE, data[ACTIVE], problem))
    return CheckedItem(tuple(values), tuple(problems), active, tuple(cleared))


def _value(column: Column, given: Any) -> Value | None:
    cell = _cell(column.name, column.kind, given)
    if not is_blank(cell):
        return column.parse(cell)
    if column.required:
        raise CellProblem("required_blank")
    return column.default


def _cell(name: str, kind: str, given: Any) -> Cell:
    """A value of JSON as the cell of a sheet that a person would have typed it into."""
    if given is None or isinstance(given, str | bool):
        return given
    if isinstance(given, int):
        if kind in ("code", "text", "boolean"):
            # As in a sheet, a long number for a code has probably lost digits on its way.
            return float(given) if abs(given) < EXACT_INTEGERS else math.copysign(float(EXACT_INTEGERS), given)
        return str(given) if abs(given) < 10**30 else "9" * 30
    if isinstance(given, float):
        return given
    raise CellProblem(NOT_A_VALUE)


def _cell_or_none(given: Any) -> Cell:
    return given if given is None or isinstance(given, str) else "?"


def _problem(name: str, given: Any, problem: CellProblem) -> Problem:
    seen = shown(written(given) if isinstance(given, str | bool | float | None) else given)
    params: dict[str, str | int] = {"valor": seen, **problem.params, "columna": name}
    return Problem(0, name, problem.code, params, seen)
