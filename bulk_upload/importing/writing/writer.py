"""Decisions → rows of the model's table. Always inside the chunk's transaction.

Two writers do the same: PostgreSQL's loads new rows by COPY, which takes a fraction of the time; the other one goes
through the ORM's bulk methods, on any database. In both, updates come first: a new row may take a code that an update
has just freed. The rows of an update are locked and known to be this owner's; new rows go in by a plain insert, which
can never take over what somebody else created a moment ago.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection

from bulk_upload.importing.mapping.target import Target
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.writing.author import Author
from bulk_upload.importing.writing.copy_writer import prepare_copy, write_by_copy
from bulk_upload.importing.writing.orm_writer import write_by_orm


def write(target: Target, decisions: Decisions, author: Author, meanwhile: Callable[[], None], /) -> None:
    """Write a whole chunk. Raises `IntegrityError` or `DataError` when the database refuses it.

    `meanwhile` is called, if the writer can, while the database works; it must not use the database.
    """
    if _is_copied():
        write_by_copy(target, decisions, author, meanwhile)
    else:
        write_by_orm(target, decisions, author)


def prepare(target: Target, decisions: Decisions, author: Author) -> None:
    """Do what can be done before `write`, without the database."""
    if _is_copied():
        prepare_copy(target, decisions, author)


def _is_copied() -> bool:
    return connection.vendor == "postgresql" and bool(settings.BULK_UPLOAD_WRITER == "copy")
