"""Categories that rows name: which are missing, which a file may still create, and what was meant instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from django.conf import settings

from bulk_upload.checking.results import Problem
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.texts import Params
from catalog.models import Category, Supplier

# Names that a chunk's errors are compared with, and names for which that is done: it takes milliseconds each.
MOST_CANDIDATES: Final = 2000
MOST_SUGGESTIONS: Final = 20
# How alike two names must be, from 0 to 1.
ALIKE: Final = 0.75


def missing_categories(names: Iterable[str]) -> set[str]:
    """Those of `names` that do not exist."""
    wanted = set(names)
    if not wanted:
        return set()
    return wanted - set(Category.objects.filter(nombre__in=wanted).values_list("nombre", flat=True))


def create_categories(names: Iterable[str]) -> None:
    """Create categories that somebody else may be creating at the same moment; nobody has approved them."""
    Category.objects.bulk_create([Category(nombre=name) for name in sorted(names)], ignore_conflicts=True)


def beyond(first_rows: Mapping[str, int], missing: set[str], room: int) -> set[str]:
    """The `missing` categories for which there is no `room`: those that come first in the file are created."""
    in_order = [name for name in first_rows if name in missing]
    return set(in_order[max(room, 0) :])


class Suggestions:
    """The existing category that is most like a name, for one chunk's errors."""

    def __init__(self, supplier: str) -> None:
        self._supplier = supplier
        self._candidates: list[str] | None = None
        self._found: dict[str, str] = {}

    def problem(self, fila: int, name: str) -> Problem:
        """The error of a row whose category may not be created."""
        seen = shown(name)
        params: Params = {"categoria": seen, "maximo": settings.BULK_UPLOAD_MAX_NEW_CATEGORIES}
        alike = self._alike(name)
        if not alike:
            return Problem(fila, "categoria", "too_many_new_categories", params, seen)
        return Problem(fila, "categoria", "misspelt_category", {**params, "parecida": shown(alike)}, seen)

    def _alike(self, name: str) -> str:
        if name not in self._found and len(self._found) < MOST_SUGGESTIONS:
            self._found[name] = next(iter(get_close_matches(name, self._names(), n=1, cutoff=ALIKE)), "")
        return self._found.get(name, "")

    def _names(self) -> list[str]:
        if self._candidates is None:
            own = Supplier.objects.filter(pk=self._supplier)
            names = Category.objects.for_suppliers(own).order_by("-aprobada", "nombre").values_list("nombre", flat=True)
            self._candidates = list(names[:MOST_CANDIDATES])
        return self._candidates
