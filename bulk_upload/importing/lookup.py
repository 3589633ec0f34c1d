"""The rows of the model that rows of a sheet name, as the database has them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from bulk_upload.importing.copy_text import ARRAY_TYPES, arrays
from bulk_upload.importing.decisions import Known
from bulk_upload.importing.target import Key, Target, Values
from bulk_upload.sheet.values import Value

# Stands in no value of a column.
SEPARATOR: Final = "\x1f"


def find(target: Target, rows: Sequence[Values]) -> dict[Key, Known]:
    """The rows of the model that `rows` name by their key or a unique column, by key."""
    found = _by_key(target, rows)
    key_of = target.key_of
    for place in target.unique:
        # Most often a row that is there has the row's code too, which then names no other one.
        others = [
            row[place] for row in rows if not (known := found.get(key_of(row))) or known.values[place] != row[place]
        ]
        if others:
            found |= _named(target, place, others)
    return found


def locked(target: Target, keys: Mapping[Key, Known]) -> dict[Key, Known]:
    """These rows of the model as they are now, locked for the rest of the transaction.

    One query in the order of the primary keys: whoever locks in one order cannot deadlock.
    """
    wanted = [known.pk for known in keys.values()]
    return _known(target, _read(target).filter(pk__in=wanted).order_by("pk").select_for_update()) if wanted else {}


def _by_key(target: Target, rows: Sequence[Values]) -> dict[Key, Known]:
    if len(target.key) == 1:
        (place,) = target.key
        return _named(target, place, [row[place] for row in rows])
    keys = set(map(target.key_of, rows))
    if not keys:
        return {}
    if connection.vendor != "postgresql":
        # Rows that share the key's first column, of which the wanted ones are taken.
        first = target.fields[target.key[0]]
        rows_read = _read(target).filter(**{f"{first}__in": {key[0] for key in keys}})  # type: ignore[index]  # a tuple
        return {key: known for key, known in _known(target, rows_read).items() if key in keys}
    columns = [target.column(place) for place in target.key]
    kinds = [target.kinds[place] for place in target.key]
    # From subqueries on purpose: knowing how many there are, the planner would read the whole table.
    wanted = ", ".join(f"(SELECT %s::{ARRAY_TYPES[kind]})" for kind in kinds)
    statement = (
        f"SELECT {_selected(target)} FROM unnest({wanted}) AS wanted ({', '.join(columns)})"  # noqa: S608  # names only
        f" JOIN {target.model._meta.db_table} AS found USING ({', '.join(columns)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays(list(keys), kinds))  # type: ignore[arg-type]  # tuples of values
        return _known(target, cursor.fetchall())


def _named(target: Target, place: int, values: Sequence[Value | None]) -> dict[Key, Known]:
    if connection.vendor != "postgresql":
        return _known(target, _read(target).filter(**{f"{target.fields[place]}__in": values}))
    # Thousands of parameters cost more than the query itself; a separator that no value may hold does not. The array
    # comes from a subquery on purpose: thousands of constants make the planner scan the whole table.
    statement = (
        f"SELECT {_selected(target)} FROM {target.model._meta.db_table} AS found"  # noqa: S608  # names of columns only
        f" WHERE {target.column(place)} = ANY((SELECT string_to_array(%s, chr(31)))::text[])"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [SEPARATOR.join(map(str, values))])
        return _known(target, cursor.fetchall())


def _selected(target: Target) -> str:
    columns = [target.column(place) for place in range(len(target.places))]
    return ", ".join(f"found.{name}" for name in (*_head(target), *columns))


def _head(target: Target) -> list[str]:
    """What is read besides the values: primary key, owner, version and number of the last change."""
    return [target.pk, target.owner or target.pk, "version", "change_number"]


def _read(target: Target) -> QuerySet[Any, tuple[Any, ...]]:
    head = ["pk", target.owner or "pk", "version", "change_number"]
    return target.model._default_manager.values_list(*head, *target.fields)


def _known(target: Target, found: Iterable[tuple[Any, ...]]) -> dict[Key, Known]:
    key_of, owned = target.key_of, bool(target.owner)
    known: dict[Key, Known] = {}
    for row in found:
        values = row[4:]
        known[key_of(values)] = Known(row[0], row[1] if owned else None, row[2], row[3], values)
    return known
