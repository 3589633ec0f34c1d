"""Decisions → rows of the product table. Always inside the chunk's transaction.

Two writers do the same: PostgreSQL's loads new rows by COPY, which takes a fraction of the time; any other
database's goes through the ORM's bulk methods. In both, updates come first: a new product may take a code
that an update has just freed. The rows of an update are locked and known to be this supplier's; new rows
go in by a plain insert, which can never take over what somebody else created a moment ago.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from bulk_upload.importing.copy_text import ARRAY_TYPES, KINDS, arrays, copy_text
from bulk_upload.importing.decisions import FIELDS, Decisions, Values, fields
from catalog.models import Product
from medisupply.backends.database import database_now

# What an update may change: the sheet's columns but the key, and the marks of the change.
MARKS: Final = ("version", "updated_at", "changed_by_upload", "change_number")
EDITABLE: Final = [*(name for name in FIELDS if name != "id"), *MARKS]
# Of a new product; the database adds the rest by default.
CREATED: Final = [*FIELDS, "proveedor_id", "created_by_upload", "changed_by_upload", "change_number"]

COPY: Final = f"COPY catalog_product ({', '.join(CREATED)}) FROM STDIN"
# A column of all changed rows is one parameter: an array. A temporary table in its place would keep the columns of an
# earlier release for as long as a pooled connection lives, or cost 2 ms a chunk when it ends with the transaction.
# It comes from a subquery on purpose: knowing how many rows there are, the planner scans the whole table.
ARRAYS: Final = ", ".join(f"(SELECT %s::{ARRAY_TYPES[kind]})" for kind in (*KINDS, "integer"))
UPDATE: Final = f"""
    UPDATE catalog_product AS product
    SET {", ".join(f"{name} = changed.{name}" for name in (*FIELDS[1:], "version"))},
        updated_at = %s, changed_by_upload = %s, change_number = %s
    FROM unnest({ARRAYS}) AS changed ({", ".join(FIELDS)}, version) WHERE product.id = changed.id
"""  # noqa: S608  # names of columns and types only


@dataclass(frozen=True, slots=True)
class Author:
    """Whose change it is: kept with each product that is written. `number` is the upload's in the order of changes."""

    supplier: str
    upload: uuid.UUID
    number: int


def write(decisions: Decisions, author: Author) -> None:
    """Write a whole chunk. Raises `IntegrityError` or `DataError` when the database refuses it."""
    if connection.vendor == "postgresql":
        write_by_copy(decisions, author)
    else:
        write_by_orm(decisions, author)


def write_by_copy(decisions: Decisions, author: Author) -> None:
    """The writer for PostgreSQL: changed rows by one statement, new ones by COPY."""
    by, number = str(author.upload), str(author.number)
    _confirm(decisions, author)
    with connection.cursor() as cursor:
        if decisions.updates:
            changed = [(*known.values, known.version) for known in decisions.updates.values()]
            cursor.execute(UPDATE, [database_now(), by, author.number, *arrays(changed, [*KINDS, "integer"])])
        if decisions.creates:
            copy_rows(cursor, COPY, copy_text(_in_key_order(decisions), KINDS, [author.supplier, by, by, number]))


def write_by_orm(decisions: Decisions, author: Author) -> None:
    """The writer for every other database: two statements."""
    now = database_now()
    _confirm(decisions, author)
    changed = [_product(known.values, known.version, author, now) for known in decisions.updates.values()]
    if changed:
        Product.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[Product._meta.get_field(name).name for name in EDITABLE],
        )
    created = [_product(values, 1, author, now, created_by_upload=author.upload) for values in _in_key_order(decisions)]
    if created:
        Product.objects.bulk_create(created)


def _in_key_order(decisions: Decisions) -> list[Values]:
    """The new products. Two inserts of the same keys in one order wait for each other, in two they deadlock."""
    return [values for _key, values in sorted(decisions.creates.items())]


def copy_rows(cursor: Any, statement: str, text: str) -> None:
    """Load the lines of `copy_text` by a COPY statement. Raises Django's database errors."""
    # Django does not see what happens within a COPY: its errors would arrive as the driver's.
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write(text)


def _confirm(decisions: Decisions, author: Author) -> None:
    """Equal values, but an earlier list must not replace them: they only take this author's number."""
    if keys := decisions.confirmed - decisions.updates.keys():
        Product.objects.filter(id__in=keys).update(change_number=author.number)


def _product(values: Values, version: int, author: Author, now: datetime, **more: Any) -> Product:
    return Product(
        **fields(values),
        proveedor_id=author.supplier,
        version=version,
        updated_at=now,
        changed_by_upload=author.upload,
        change_number=author.number,
        **more,
    )
