"""What rows refer to and does not exist: created where the declaration says so, or an error with a similar name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from django.conf import settings

from bulk_upload.checking.results import Problem
from bulk_upload.importing.mapping.target import Owner, Place
from bulk_upload.importing.postgresql import lookups as lookups  # any_of
from bulk_upload.imports import CreateMissing, Reference
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.values import Value

# Names that a chunk's errors are compared with, and names for which that is done: it takes milliseconds each.
MOST_CANDIDATES: Final = 2000
MOST_SUGGESTIONS: Final = 20
# How alike two names must be, from 0 to 1.
ALIKE: Final = 0.75


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


def created_warning(create: CreateMissing, column: str, fila: int, name: str) -> Problem:
    """The warning at the first row that names what did not exist and is created."""
    return Problem(fila, column, create.created, {create.name: name}, shown(name), warning=True)


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
