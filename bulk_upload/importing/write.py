"""Decisions → rows of the product table. Always inside the chunk's transaction.

Two writers do the same: PostgreSQL's loads rows by COPY, which takes a fraction of the time; any other
database's goes through the ORM's bulk methods. In both, updates come first: a new product may take a code
that an update has just freed. The rows of an update are locked and known to be this supplier's; new rows
go in by a plain insert, which can never take over what somebody else created a moment ago.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from bulk_upload.importing.copy_text import KINDS, copy_text
from bulk_upload.importing.match import FIELDS, Decisions, Known, Values, fields
from catalog.models import Category, Product

# What an update may change: the sheet's columns but the key, and the marks of the change.
MARKS: Final = ("version", "updated_at", "changed_by_upload")
EDITABLE: Final = [*(name for name in FIELDS if name != "id"), *MARKS]
# All of a product, in the order in which it is copied.
COPIED: Final = [*FIELDS, "version", "proveedor_id", "updated_at", "changed_by_upload"]
# Of a new product; the database adds the rest by default.
CREATED: Final = [*FIELDS, "proveedor_id", "created_by_upload", "changed_by_upload"]

COPY: Final = f"COPY catalog_product ({', '.join(CREATED)}) FROM STDIN"
STAGE: Final = f"""
    CREATE TEMPORARY TABLE IF NOT EXISTS bulk_upload_stage ON COMMIT DELETE ROWS AS
    SELECT {", ".join(COPIED)} FROM catalog_product WITH NO DATA
"""  # noqa: S608  # names of columns only
COPY_STAGE: Final = f"COPY bulk_upload_stage ({', '.join(COPIED)}) FROM STDIN"
MERGE: Final = f"""
    UPDATE catalog_product AS product SET {", ".join(f"{name} = stage.{name}" for name in EDITABLE)}
    FROM bulk_upload_stage AS stage WHERE product.id = stage.id
"""  # noqa: S608  # names of columns only


def write(decisions: Decisions, supplier: str, upload: uuid.UUID) -> None:
    """Write a whole chunk. Raises `IntegrityError` or `DataError` when the database refuses it."""
    if connection.vendor == "postgresql":
        write_by_copy(decisions, supplier, upload)
    else:
        write_by_orm(decisions, supplier, upload)


def write_by_copy(decisions: Decisions, supplier: str, upload: uuid.UUID) -> None:
    """The writer for PostgreSQL: changed rows by way of a temporary table, new ones straight in."""
    now, by = timezone.now().isoformat(), str(upload)
    with connection.cursor() as cursor:
        if decisions.updates:
            cursor.execute(STAGE)
            cursor.execute("DELETE FROM bulk_upload_stage")  # a transaction may hold more than one chunk
            changed = [(*known.values, known.version) for known in decisions.updates.values()]
            _copy(cursor, COPY_STAGE, copy_text(changed, [*KINDS, "integer"], [supplier, now, by]))
            cursor.execute(MERGE)
        if decisions.creates:
            _copy(cursor, COPY, copy_text(_in_key_order(decisions), KINDS, [supplier, by, by]))


def write_by_orm(decisions: Decisions, supplier: str, upload: uuid.UUID) -> None:
    """The writer for every other database: two statements."""
    now = timezone.now()
    changed = [_product(known.values, known.version, supplier, upload, now) for known in decisions.updates.values()]
    if changed:
        Product.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[Product._meta.get_field(name).name for name in EDITABLE],
        )
    created = [
        _product(values, 1, supplier, upload, now, created_by_upload=upload) for values in _in_key_order(decisions)
    ]
    if created:
        Product.objects.bulk_create(created)


def write_one(decisions: Decisions, supplier: str, upload: uuid.UUID) -> None:
    """Write the decision of a single row. Raises `IntegrityError` or `DataError` when the database refuses it.

    The look-up names the supplier: if another one has created the product since, nothing of it changes.
    """
    for key, values in decisions.creates.items():
        _update_or_create(key, Known(supplier, 1, values), upload, created_by_upload=upload)
    for key, known in decisions.updates.items():
        _update_or_create(key, known, upload)


def ensure_categories(names: Iterable[str]) -> set[str]:
    """Create the categories that are missing and return their names."""
    wanted = set(names)
    if not wanted:
        return set()
    missing = wanted - set(Category.objects.filter(nombre__in=wanted).values_list("nombre", flat=True))
    Category.objects.bulk_create([Category(nombre=name) for name in sorted(missing)], ignore_conflicts=True)
    return missing


def _in_key_order(decisions: Decisions) -> list[Values]:
    """The new products. Two inserts of the same keys in one order wait for each other, in two they deadlock."""
    return [values for _key, values in sorted(decisions.creates.items())]


def _copy(cursor: Any, statement: str, text: str) -> None:
    # Django does not see what happens within a COPY: its errors would arrive as the driver's.
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write(text)


def _update_or_create(key: str, known: Known, upload: uuid.UUID, **only_new: Any) -> None:
    changes: dict[str, Any] = {
        **fields(known.values),
        "version": known.version,
        "updated_at": timezone.now(),
        "changed_by_upload": upload,
    }
    del changes["id"]
    Product.objects.update_or_create(
        id=key, proveedor_id=known.proveedor_id, defaults=changes, create_defaults={**changes, **only_new}
    )


def _product(values: Values, version: int, supplier: str, upload: uuid.UUID, now: datetime, **more: Any) -> Product:
    return Product(
        **fields(values), proveedor_id=supplier, version=version, updated_at=now, changed_by_upload=upload, **more
    )
