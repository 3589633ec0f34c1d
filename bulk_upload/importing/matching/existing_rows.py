"""The rows of the model that rows of a sheet name, as the database has them now."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from bulk_upload.importing.mapping.target import Columns, Key, Target
from bulk_upload.importing.matching.decision_types import Known
from bulk_upload.importing.postgresql import lookups as lookups  # any_of
from bulk_upload.importing.postgresql.copy_format import ARRAY_TYPES, arrays
from bulk_upload.sheet.values import Value

# What is read before the values: primary key, owner and these.
VERSION: Final = ("version", "change_number")
HEAD: Final = 4


def find(target: Target, columns: Columns) -> dict[Key, Known]:
    """The rows of the model that rows with these `columns` name by their key or a unique column, by key."""
    found = _by_key(target, columns)
    for place in target.unique:
        # Most often a row that was found by its key has the row's code too.
        wanted = set(columns[place]).difference({known.values[place] for known in found.values()})
        if wanted:
            found |= _named(target, place, wanted)
    return found


def find_keys(target: Target, keys: Sequence[Key]) -> dict[Key, Known]:
    """The rows of the model that have these keys."""
    columns: list[Sequence[Value | None]] = [()] * len(target.places)
    for place, values in zip(target.key, zip(*keys, strict=True) if len(target.key) > 1 else [keys], strict=False):
        columns[place] = values
    return _by_key(target, columns) if keys else {}


def locked(target: Target, pks: Collection[Any]) -> tuple[dict[Key, Known], dict[Key, uuid.UUID | None]]:
    """These rows of the model as they are now, locked for the rest of the transaction; and the uploads that changed
    them last.

    One query in the order of the primary keys: whoever locks in one order cannot deadlock.
    """
    if not pks:
        return {}, {}
    rows = _read(target, "changed_by_upload", pk__any_of=frozenset(pks)).order_by("pk").select_for_update()
    found = _rows(rows)
    known = _known(target, [row[:-1] for row in found])
    return known, dict(zip(known, (row[-1] for row in found), strict=True))


def lock(target: Target, pks: Collection[Any]) -> dict[Any, uuid.UUID | None]:
    """Lock these rows of the model, as `locked` does: by primary key the upload that changed each last. Their values
    are not read."""
    if not pks:
        return {}
    rows = target.model._default_manager.filter(pk__any_of=frozenset(pks)).order_by("pk").select_for_update()
    return dict(_rows(rows.values_list("pk", "changed_by_upload")))


def of_pks(target: Target, pks: Collection[Any]) -> dict[Any, Known]:
    """The rows of the model that have these primary keys, by them."""
    if not pks:
        return {}
    known = _known(target, _rows(_read(target, pk__any_of=frozenset(pks))))
    return {row.pk: row for row in known.values()}


def _by_key(target: Target, columns: Columns) -> dict[Key, Known]:
    if len(target.key) == 1:
        (place,) = target.key
        return _named(target, place, columns[place])
    wanted = set(target.keys(columns))
    if not wanted:
        return {}
    if connection.vendor != "postgresql":
        # Rows that share the key's first column, of which the wanted ones are taken.
        first = target.key[0]
        found = _known(target, _rows(_read(target, **{f"{target.fields[first]}__in": set(columns[first])})))
        return {key: known for key, known in found.items() if key in wanted}
    names = [target.column(place) for place in target.key]
    kinds = [target.kinds[place] for place in target.key]
    # From subqueries on purpose: knowing how many there are, the planner would read the whole table.
    arrays_of_keys = ", ".join(f"(SELECT %s::{ARRAY_TYPES[kind]})" for kind in kinds)
    statement = (
        f"SELECT {_selected(target)} FROM unnest({arrays_of_keys}) AS wanted ({', '.join(names)})"  # noqa: S608  # names
        f" JOIN {target.model._meta.db_table} AS found USING ({', '.join(names)})"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays(list(wanted), kinds))  # type: ignore[arg-type]  # tuples of values
        return _known(target, cursor.fetchall())


def _named(target: Target, place: int, values: Collection[Value | None]) -> dict[Key, Known]:
    """Those whose field at `place` has one of the values."""
    return _known(target, _rows(_read(target, **{f"{target.fields[place]}__any_of": frozenset(values)})))


def _selected(target: Target) -> str:
    columns = [target.column(place) for place in range(len(target.places))]
    return ", ".join(f"found.{name}" for name in (target.pk, target.owner or target.pk, *VERSION, *columns))


def _read(target: Target, *more: str, **named: Any) -> QuerySet[Any, tuple[Any, ...]]:
    rows = target.model._default_manager.filter(**named)
    return rows.values_list("pk", target.owner or "pk", *VERSION, *target.fields, *more)


def _rows(queryset: QuerySet[Any, tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
    """All rows at once. psycopg's values are Django's, and come in a fraction of the time that an iterator takes."""
    if connection.vendor != "postgresql":
        return list(queryset)
    with connection.cursor() as cursor:
        cursor.execute(*queryset.query.sql_with_params())
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _known(target: Target, rows: Sequence[tuple[Any, ...]]) -> dict[Key, Known]:
    values = [row[HEAD:] for row in rows]
    owners = [row[1] if target.owner else None for row in rows]
    known = [Known(row[0], owner, row[2], row[3], each) for row, owner, each in zip(rows, owners, values, strict=True)]
    return dict(zip(map(target.key_of, values), known, strict=True))
