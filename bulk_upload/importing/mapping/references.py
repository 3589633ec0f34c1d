"""What rows refer to in other models: looked up, and checked whose it is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, NamedTuple

from bulk_upload.checking.results import Problem
from bulk_upload.importing.mapping.missing_references import Suggestions
from bulk_upload.importing.mapping.target import Attributes, Columns, Owner, Target, Values
from bulk_upload.importing.postgresql import lookups as lookups  # any_of
from bulk_upload.imports import Reference
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.values import Value


@dataclass(slots=True)
class Resolved:
    """Rows whose references exist: `columns` are for the fields of the target. `problems` are those of the others.

    `names` are the cells by which the rows name a reference that several columns may name: by the reference's place,
    the columns with their cells.
    """

    numbers: Sequence[int]
    columns: Columns
    problems: Sequence[Problem] = ()
    attributes: Attributes = field(default_factory=dict)
    names: Mapping[int, Sequence[Named]] = field(default_factory=dict)

    def rows(self) -> list[Values]:
        return list(zip(*self.columns, strict=True))

    def name_of(self, fila: int, place: int) -> tuple[str, Value] | None:
        """The column by which a row names a reference, and its cell, if several columns may name it."""
        at = bisect_left(self.numbers, fila)
        cells = ((named.column, named.cells[at]) for named in self.names.get(place, ()))
        return next(((column, cell) for column, cell in cells if cell is not None), None)


def resolve(target: Target, numbers: Sequence[int], columns: Columns, owner: Owner) -> Resolved:
    """Put what rows refer to in the place of what they say. `columns` are those of the sheet."""
    if target.is_direct:
        return Resolved(numbers, [columns[place.column] for place in target.places])
    problems: dict[int, Problem] = {}
    values: list[Sequence[Value | None]] = []
    attributes: dict[tuple[int, str], Mapping[Value, Any]] = {}
    names: dict[int, list[Named]] = {}
    for number, place in enumerate(target.places):
        if place.reference is None or place.reference.create:
            column = columns[place.column]
            values.append(with_default(column, target.blanks[number]) if number in target.key else column)
            continue
        lookup = _Lookup(target, place.reference, columns, owner)
        values.append(lookup.keys(numbers, problems))
        attributes |= {(number, name): known for name, known in lookup.attributes.items()}
        if len(lookup.named) > 1:
            names[number] = lookup.named
    if problems:
        good = [at not in problems for at in range(len(numbers))]
        numbers = list(compress(numbers, good))
        values = [list(compress(column, good)) for column in values]
        names = {number: [named.only(good) for named in each] for number, each in names.items()}
    return Resolved(numbers, values, [problems[at] for at in sorted(problems)], attributes, names)


def with_default(column: Sequence[Value | None], default: Value | None) -> Sequence[Value | None]:
    """The column with the default in the place of blanks."""
    if default is None or None not in column:
        return column
    return [default if value is None else value for value in column]


class Named(NamedTuple):
    """A column that may name a reference, the field that it holds, and its cells."""

    column: str
    field: str
    cells: Sequence[Value | None]

    def only(self, good: Iterable[bool]) -> Named:
        return self._replace(cells=list(compress(self.cells, good)))


class _Lookup:
    """What the rows of a chunk name by one reference. Of several columns the first that is not blank counts."""

    def __init__(self, target: Target, reference: Reference, columns: Columns, owner: Owner) -> None:
        self.named = [Named(column, name, columns[target.sheet.index[column]]) for column, name in reference.by.items()]
        self.attributes: dict[str, dict[Value, Any]] = {name: {} for name in reference.attributes}
        self._reference = reference
        self._owner = owner
        self._suggestions = Suggestions(reference, owner)

    def keys(self, numbers: Sequence[int], problems: dict[int, Problem]) -> list[Value | None]:
        """The key that each row names. What is wrong is added to `problems`, by place, of rows that have none yet."""
        keys: list[Value | None] = [None] * len(numbers)
        found: dict[int, Problem] = {}
        for column, name, cells in reversed(self.named):
            names = set(cells) - {None}
            if not names:
                continue
            known, others = self._find(name, names)
            keys = [later if cell is None else known.get(cell) for cell, later in zip(cells, keys, strict=True)]
            wrong = others.union(names.difference(known))
            if not wrong and not found:
                continue
            for at, cell in enumerate(cells):
                if cell in wrong and at not in problems:
                    found[at] = self._problem(numbers[at], column, str(cell), is_others=cell in others)
                elif cell is not None:
                    found.pop(at, None)
        problems |= found
        return keys

    def _find(self, name: str, values: set[Value | None]) -> tuple[dict[Value | None, Value], set[Value | None]]:
        """The keys of what has these values in the field `name`; and those of the values that are another owner's."""
        reference = self._reference
        extra = [*([reference.owner] if reference.owned else []), *reference.attributes]
        rows = reference.model._default_manager.filter(**{f"{name}__any_of": values})
        known: dict[Value | None, Value] = {}
        others: set[Value | None] = set()
        for value, key, *more in rows.values_list(name, "pk", *extra):
            known[value] = key
            if reference.owned and more[0] != self._owner:
                others.add(value)
            for attribute, one in zip(reference.attributes, more[reference.owned :], strict=True):
                self.attributes[attribute][key] = one
        return known, others

    def _problem(self, fila: int, column: str, name: str, *, is_others: bool) -> Problem:
        if not is_others:
            return self._suggestions.unknown(fila, column, name)
        seen = shown(name)
        return Problem(fila, column, self._reference.other_owner, {"columna": column, "valor": seen}, seen)
