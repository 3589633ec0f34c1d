"""Numbers that the database would give a second time: of changes, and of rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from django.apps import apps
from django.db import connection
from django.db.models import AutoField, Max, Model

from bulk_upload.consistency.differences import Difference, Found, Kind, Scope
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, ImportedModel
from medisupply.backends import sequences
from medisupply.backends.database import CHANGE_NUMBERS

BEHIND: Final = Kind("numeraciones atrasadas", repair="se adelanta", repaired="se adelantó")


def look(scope: Scope) -> Found:
    """Sequences that are behind what they have numbered."""
    change, last = highest_change(), sequences.last_number(CHANGE_NUMBERS)
    if change > last:
        text = (
            f"La numeración de los cambios va por {last} y ya hay un cambio {change}: las cargas nuevas parecerían más "
            "viejas que los productos, y sus filas se rechazarían como «superseded»"
        )
        yield Difference(BEHIND, text, partial(_raise, CHANGE_NUMBERS, change))
    # SQLite looks for the highest number itself.
    for table, column, highest in _numbered() if connection.vendor == "postgresql" else ():
        if highest > (last := sequences.last_number(table, column)):
            text = f"La tabla {table} numera desde {last} y ya tiene el {highest}: rechazaría los nuevos por repetidos"
            yield Difference(BEHIND, text, partial(_raise, table, highest, column))


def imported_models() -> list[type[ImportedModel]]:
    """The models whose rows uploads write, each once."""
    models = {declared.model: None for declared in registry.imports.values()}
    return [model for model in models if issubclass(model, ImportedModel)]


def highest_change() -> int:
    """The highest number that an upload or a row has."""
    found = [BulkUpload.objects.aggregate(highest=Max("number"))["highest"]]
    found += [model._base_manager.aggregate(highest=Max("change_number"))["highest"] for model in imported_models()]
    return max((number for number in found if number is not None), default=0)


def _numbered() -> Iterator[tuple[str, str, int]]:
    """Tables whose key the database gives, with the column and its highest value."""
    for model in apps.get_models(include_auto_created=True):
        key = model._meta.pk
        if isinstance(key, AutoField) and key.column and model._meta.managed and not model._meta.proxy:
            yield model._meta.db_table, key.column, _highest_key(model)


def _highest_key(model: type[Model]) -> int:
    return model._base_manager.aggregate(highest=Max("pk"))["highest"] or 0


def _raise(table: str, number: int, column: str = "id") -> bool:
    sequences.raise_to(table, number, column)
    return True
