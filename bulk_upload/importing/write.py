"""Decisions → rows of the model's table. Always inside the chunk's transaction.

Two writers do the same: PostgreSQL's loads new rows by COPY, which takes a fraction of the time; the other one goes
through the ORM's bulk methods, on any database. In both, updates come first: a new row may take a code that an update
has just freed. The rows of an update are locked and known to be this owner's; new rows go in by a plain insert, which
can never take over what somebody else created a moment ago.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db import connection

from bulk_upload.importing.copy_text import ARRAY_TYPES, arrays, copy_text
from bulk_upload.importing.decisions import Decisions
from bulk_upload.importing.target import BOOKKEEPING, Target, Values, as_fields
from bulk_upload.sheet.columns import Kind
from medisupply.backends.database import database_now

# Rows of which the text is made while the database takes those before.
PIECE: Final = 500
# What a new row has besides its values and its owner; the database adds the rest by default.
CREATED: Final = ("created_by_upload", "changed_by_upload", "change_number")


@dataclass(frozen=True, slots=True)
class Author:
    """Whose change it is: kept with each row that is written. `number` is the upload's in the order of changes."""

    owner: str | None
    upload: uuid.UUID
    number: int


def write(target: Target, decisions: Decisions, author: Author) -> None:
    """Write a whole chunk. Raises `IntegrityError` or `DataError` when the database refuses it."""
    if connection.vendor == "postgresql" and settings.BULK_UPLOAD_WRITER == "copy":
        write_by_copy(target, decisions, author)
    else:
        write_by_orm(target, decisions, author)


def write_by_copy(target: Target, decisions: Decisions, author: Author) -> None:
    """The writer for PostgreSQL: changed rows by one statement, new ones by COPY."""
    by, number = str(author.upload), str(author.number)
    _confirm(target, decisions, author)
    with connection.cursor() as cursor:
        if decisions.updates:
            changed = [(*known.values, known.version, known.pk) for known in decisions.updates.values()]
            kinds = [*target.kinds, "integer", _pk_kind(target)]
            cursor.execute(_update(target), [database_now(), by, author.number, *arrays(changed, kinds)])
        if decisions.creates:
            same = [*([str(author.owner)] if target.owner else []), by, by, number]
            rows = _in_key_order(decisions)
            pieces = (rows[start : start + PIECE] for start in range(0, len(rows), PIECE))
            copy_rows(cursor, _copy(target), (copy_text(piece, target.kinds, same) for piece in pieces))


def write_by_orm(target: Target, decisions: Decisions, author: Author) -> None:
    """The writer for every database: two statements."""
    _confirm(target, decisions, author)
    more: dict[str, Any] = {"changed_by_upload": author.upload, "change_number": author.number}
    if target.owner:
        more[target.owner] = author.owner
    options, model = target.model._meta, target.model
    if decisions.updates:
        now = database_now()
        changed = [
            model(
                **{
                    **as_fields(target, known.values),
                    **more,
                    "pk": known.pk,
                    "version": known.version,
                    "updated_at": now,
                }
            )
            for known in decisions.updates.values()
        ]
        editable = [name for name in target.fields if name != options.pk.attname] + list(BOOKKEEPING)
        model._default_manager.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=[options.pk.name],
            update_fields=[options.get_field(name).name for name in editable],
        )
    if decisions.creates:
        more["created_by_upload"] = author.upload
        created = [model(**as_fields(target, values), **more) for values in _in_key_order(decisions)]
        model._default_manager.bulk_create(created)


def copy_rows(cursor: Any, statement: str, texts: Iterable[str]) -> None:
    """Load the lines of some `copy_text` by a COPY statement. Raises Django's database errors."""
    # Django does not see what happens within a COPY: its errors would arrive as the driver's.
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for text in texts:
            copy.write(text)


@cache
def _copy(target: Target) -> str:
    columns = [*_columns(target), *([target.owner] if target.owner else []), *CREATED]
    return f"COPY {target.model._meta.db_table} ({', '.join(columns)}) FROM STDIN"


@cache
def _update(target: Target) -> str:
    """A column of all changed rows is one parameter: an array.

    A temporary table in its place would keep the columns of an earlier release for as long as a pooled connection
    lives, or cost 2 ms a chunk when it ends with the transaction. It comes from a subquery on purpose: knowing how many
    rows there are, the planner scans the whole table.
    """
    names, pk = _columns(target), target.model._meta.pk.column
    types = [ARRAY_TYPES[kind] for kind in (*target.kinds, "integer", _pk_kind(target))]
    places = ", ".join(f"(SELECT %s::{kind})" for kind in types)
    changed = ", ".join(f"{name} = changed.{name}" for name in (*(n for n in names if n != pk), "version"))
    return f"""
        UPDATE {target.model._meta.db_table} AS found
        SET {changed}, updated_at = %s, changed_by_upload = %s, change_number = %s
        FROM unnest({places}) AS changed ({", ".join(names)}, version, changed_pk) WHERE found.{pk} = changed.changed_pk
    """  # noqa: S608  # names of columns and types only


def _pk_kind(target: Target) -> Kind:
    """As which kind the primary key is sent: it is one of the columns, or a number that the database gives."""
    return "integer" if target.pk_place is None else target.kinds[target.pk_place]


def _columns(target: Target) -> list[str]:
    return [target.column(place) for place in range(len(target.places))]


def _in_key_order(decisions: Decisions) -> list[Values]:
    """The new rows. Two inserts of the same keys in one order wait for each other, in two they deadlock."""
    return [decisions.creates[key] for key in sorted(decisions.creates)]  # type: ignore[type-var]  # texts, or tuples


def _confirm(target: Target, decisions: Decisions, author: Author) -> None:
    """Equal values, but an earlier list must not replace them: they only take this author's number."""
    if keys := decisions.confirmed.keys() - decisions.updates.keys():
        rows = target.model._default_manager.filter(pk__any_of={decisions.confirmed[key].pk for key in keys})
        rows.filter(change_number__lt=author.number).update(change_number=author.number)
