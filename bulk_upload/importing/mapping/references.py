"""What rows refer to: looked up, checked whose it is, and created where the declaration says so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import compress
from typing import Any, Final, NamedTuple

from django.conf import settings

from bulk_upload.checking.results import Problem
from bulk_upload.importing.mapping.target import Attributes, Columns, Place, Target, Values
from bulk_upload.importing.postgresql import lookups as lookups  # any_of
from bulk_upload.imports import Reference
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.texts import Params
from bulk_upload.sheet.values import Value

# Names that a chunk's errors are compared with, and names for which that is done: it takes milliseconds each.
MOST_CANDIDATES: Final = 2000
MOST_SUGGESTIONS: Final = 20
# How alike two names must be, from 0 to 1.
ALIKE: Final = 0.75

Owner = str | None


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
        return Resolved(numbers, columns)
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


def missing_names(place: Place, names: Iterable[Value]) -> set[Value]:
    """Those of `names` that do not exist and are to be created."""
    wanted = set(names)
    if not wanted or place.reference is None:
        return set()
    (name,) = place.reference.by.values()
    manager = place.reference.model._default_manager
    return wanted - set(manager.filter(**{f"{name}__any_of": wanted}).values_list(name, flat=True))


def create_missing(place: Place, names: Iterable[Value]) -> None:
    """Create what somebody else may be creating at the same moment."""
    if place.reference is None:
        return
    (name,) = place.reference.by.values()
    model = place.reference.model
    model._default_manager.bulk_create(
        [model(**{name: value}) for value in sorted(map(str, names))], ignore_conflicts=True
    )


def beyond(first_rows: Mapping[Value, int], missing: set[Value], room: int) -> set[Value]:
    """Those of the `missing` names for which there is no `room`: the ones that come first in the file are created."""
    in_order = [name for name in first_rows if name in missing]
    return set(in_order[max(room, 0) :])


def most_created(reference: Reference) -> int:
    """How many rows one file may create by this reference."""
    return int(getattr(settings, reference.create.setting)) if reference.create else 0


class Suggestions:
    """The existing name that is most like one that does not exist, for one chunk's errors."""

    def __init__(self, reference: Reference, owner: Owner, created: Sequence[str] = ()) -> None:
        """`created` are names that the chunk itself creates."""
        self._created = created
        self._reference = reference
        self._owner = owner
        self._candidates: list[str] | None = None
        self._found: dict[str, str] = {}

    def unknown(self, fila: int, column: str, name: str) -> Problem:
        """The error of a row that refers to what does not exist."""
        return self._problem(fila, column, name, "valor", self._reference.unknown, self._reference.similar, {})

    def not_created(self, fila: int, column: str, name: str) -> Problem:
        """The error of a row that refers to what does not exist and may not be created any more."""
        create = self._reference.create
        assert create is not None  # noqa: S101  # only called for such references
        more = {"maximo": most_created(self._reference)}
        return self._problem(fila, column, name, create.name, create.too_many, create.misspelt, more)

    def _problem(
        self, fila: int, column: str, name: str, parameter: str, code: str, similar: str, more: Params
    ) -> Problem:
        seen = shown(name)
        params: Params = {"columna": column, parameter: seen, **more}
        if alike := self._alike(name):
            return Problem(fila, column, similar, {**params, "parecida": shown(alike)}, seen)
        return Problem(fila, column, code, params, seen)

    def _alike(self, name: str) -> str:
        if name not in self._found and len(self._found) < MOST_SUGGESTIONS:
            self._found[name] = next(iter(get_close_matches(name, self._names(), n=1, cutoff=ALIKE)), "")
        return self._found.get(name, "")

    def _names(self) -> list[str]:
        if self._candidates is None:
            self._candidates = [*self._created]
            if self._reference.visible:
                (name,) = list(self._reference.by.values())[:1]
                rows = self._reference.visible(self._owner)
                self._candidates += rows.values_list(name, flat=True)[:MOST_CANDIDATES]
        return self._candidates
