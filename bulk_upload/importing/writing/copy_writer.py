"""The writer for PostgreSQL: changed rows by one UPDATE, new ones by COPY. Its statements are made here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final

from django.db import connection

from bulk_upload.importing.mapping.target import Target
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.postgresql.copy_format import ARRAY_TYPES, arrays, copy_text
from bulk_upload.importing.writing.author import Author
from bulk_upload.importing.writing.equal_rows import confirm
from bulk_upload.sheet.columns import Kind
from medisupply.backends.database import database_now

# Rows of which the text is made while the database takes those before.
PIECE: Final = 500
# What a new row has besides its values and its owner; the database adds the rest by default.
CREATED: Final = ("created_by_upload", "changed_by_upload", "change_number")


def nothing() -> None:
    """What is done while the database writes, if there is nothing to do."""


def write_by_copy(
    target: Target, decisions: Decisions, author: Author, meanwhile: Callable[[], None] = nothing
) -> None:
    """Two statements, however many rows there are. `meanwhile` is called while the database works on the COPY."""
    confirm(target, decisions, author)
    with connection.cursor() as cursor:
        if decisions.updates:
            changed = [(*known.values, known.version, known.pk) for known in decisions.updates.values()]
            kinds = [*target.kinds, "integer", _pk_kind(target)]
            cursor.execute(_update(target), [database_now(), author.upload, author.number, *arrays(changed, kinds)])
        if decisions.creates:
            texts = decisions.texts or _texts(target, decisions, author)
            copy_rows(cursor, _copy(target), texts, meanwhile)


def copy_rows(cursor: Any, statement: str, texts: Iterable[str], meanwhile: Callable[[], None] = nothing) -> None:
    """Load the lines of some `copy_text` by a COPY statement. Raises Django's database errors."""
    # Django does not see what happens within a COPY: its errors would arrive as the driver's.
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for text in texts:
            copy.write(text)
        meanwhile()


def prepare_copy(target: Target, decisions: Decisions, author: Author) -> None:
    """Make the text of the new rows before it is needed."""
    decisions.texts = list(_texts(target, decisions, author))


def _texts(target: Target, decisions: Decisions, author: Author) -> Iterator[str]:
    """The new rows as COPY takes them, in pieces."""
    by = str(author.upload)
    same = [*([str(author.owner)] if target.owner else []), by, by, str(author.number)]
    rows = decisions.new_rows()
    for start in range(0, len(rows), PIECE):
        yield copy_text(rows[start : start + PIECE], target.kinds, same)


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
