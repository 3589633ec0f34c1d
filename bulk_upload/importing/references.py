"""What rows refer to: looked up, checked whose it is, and created where the declaration says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from django.conf import settings

from bulk_upload.checking.results import CheckedValues, Problem
from bulk_upload.importing.target import Attributes, Place, Target, Values
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
    """Rows whose references exist: `values` are for the fields of the target. `problems` are those of the others.

    `said` is what a row says where several columns may name one thing: column and value, by row and place.
    """

    numbers: Sequence[int]
    values: Sequence[Values]
    problems: list[Problem] = field(default_factory=list)
    attributes: Attributes = field(default_factory=dict)
    said: dict[tuple[int, int], tuple[str, Value]] = field(default_factory=dict)


def resolve(target: Target, numbers: Sequence[int], rows: Sequence[CheckedValues], owner: Owner) -> Resolved:
    """Put what rows refer to in the place of what they say."""
    if target.is_direct:
        return Resolved(numbers, rows)
    found = {
        number: _Found(target, number, place.reference, rows)
        for number, place in enumerate(target.places)
        if place.reference and not place.reference.create
    }
    suggestions = {number: Suggestions(lookup.reference, owner) for number, lookup in found.items()}
    good: list[int] = []
    values: list[Values] = []
    problems: list[Problem] = []
    said: dict[tuple[int, int], tuple[str, Value]] = {}
    for fila, row in zip(numbers, rows, strict=True):
        problem: Problem | None = None
        record: list[Value | None] = []
        for number, place in enumerate(target.places):
            if number not in found:
                value = row[place.column]
                record.append(target.blanks[number] if value is None and number in target.key else value)
                continue
            key, problem = found[number].key(fila, row, owner, suggestions[number])
            if problem:
                break
            record.append(key)
            if found[number].is_named_variously and (words := found[number].said(row)):
                said[fila, number] = words
        if problem:
            problems.append(problem)
        else:
            good.append(fila)
            values.append(tuple(record))
    return Resolved(good, values, problems, {number: lookup.attributes for number, lookup in found.items()}, said)


class _Found:
    """What the rows of a chunk name by one reference."""

    def __init__(self, target: Target, place: int, reference: Reference, rows: Sequence[CheckedValues]) -> None:
        self.reference = reference
        self._columns = [(target.sheet.index[column], column, name) for column, name in reference.by.items()]
        self._by_field: dict[str, dict[Value, tuple[Value, Any]]] = {}
        self.attributes: dict[Value, Mapping[str, Any]] = {}
        extra = [*([reference.owner] if reference.owned else []), *reference.attributes]
        for index, _, name in self._columns:
            named = {row[index] for row in rows} - {None}
            if not named:
                continue
            manager = reference.model._default_manager
            known = self._by_field[name] = {}
            for value, key, *more in manager.filter(**{f"{name}__in": named}).values_list(name, "pk", *extra):
                known[value] = (key, more[0] if reference.owned else None)
                self.attributes[key] = dict(zip(reference.attributes, more[reference.owned :], strict=True))

    @property
    def is_named_variously(self) -> bool:
        return len(self._columns) > 1

    def said(self, row: CheckedValues) -> tuple[str, Value] | None:
        """The column that names it in this row, and its value."""
        return next(((column, value) for index, column, _ in self._columns if (value := row[index]) is not None), None)

    def key(
        self, fila: int, row: CheckedValues, owner: Owner, suggestions: Suggestions
    ) -> tuple[Value | None, Problem | None]:
        """The key that the row's first name stands for, or what is wrong with that name."""
        for index, column, name in self._columns:
            value = row[index]
            if value is None:
                continue
            key, whose = self._by_field[name].get(value, (None, None))
            if key is None:
                return None, suggestions.unknown(fila, column, str(value))
            if self.reference.owned and whose != owner:
                seen = shown(value)
                params: Params = {"columna": column, "valor": seen}
                return None, Problem(fila, column, self.reference.other_owner, params, seen)
            return key, None
        return None, None


def missing_names(place: Place, names: Iterable[Value]) -> set[Value]:
    """Those of `names` that do not exist and are to be created."""
    wanted = set(names)
    if not wanted or place.reference is None:
        return set()
    (name,) = place.reference.by.values()
    manager = place.reference.model._default_manager
    return wanted - set(manager.filter(**{f"{name}__in": wanted}).values_list(name, flat=True))


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

    def __init__(self, reference: Reference, owner: Owner) -> None:
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
            self._candidates = []
            if self._reference.visible:
                (name,) = list(self._reference.by.values())[:1]
                rows = self._reference.visible(self._owner)
                self._candidates = list(rows.values_list(name, flat=True)[:MOST_CANDIDATES])
        return self._candidates
