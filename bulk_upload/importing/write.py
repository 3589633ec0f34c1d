"""Decisions → rows of the product table. Always inside the chunk's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from bulk_upload.columns import NAMES
from bulk_upload.importing.match import Decisions, Known, Values
from catalog.models import Category, Product

# What an update may change: the sheet's columns but the key, and the marks of the change.
UPDATED: Final = [*(name for name in NAMES if name != "id"), "version", "updated_at", "changed_by_upload"]


def write(decisions: Decisions, supplier: str, upload: uuid.UUID) -> None:
    """Write a whole chunk with two statements. Raises `IntegrityError` when the database refuses it.

    Updates come first: a new product may take a code that an update has just freed. The rows of an
    update are locked and known to be this supplier's, so the upsert can only update; new rows go in by
    a plain insert, which can never take over what somebody else created a moment ago.
    """
    now = timezone.now()
    changed = [
        _instance(product.values, product.version, supplier, upload, now) for product in decisions.updates.values()
    ]
    if changed:
        Product.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=UPDATED)
    # In key order, so that two inserts of the same new keys wait for each other instead of deadlocking.
    created = [
        _instance(values, 1, supplier, upload, now, created_by_upload=upload)
        for _key, values in sorted(decisions.creates.items())
    ]
    if created:
        Product.objects.bulk_create(created)


def write_one(decisions: Decisions, supplier: str, upload: uuid.UUID) -> None:
    """Write the decision of a single row. Raises `IntegrityError` when the database refuses it.

    The look-up names the supplier: if another one has created the product since, nothing of it changes.
    """
    for key, values in decisions.creates.items():
        _update_or_create(key, Known(supplier, 1, values), upload, created_by_upload=upload)
    for key, product in decisions.updates.items():
        _update_or_create(key, product, upload)


def ensure_categories(names: Iterable[str]) -> set[str]:
    """Create the categories that are missing and return their names."""
    wanted = set(names)
    missing = wanted - set(Category.objects.filter(nombre__in=wanted).values_list("nombre", flat=True))
    Category.objects.bulk_create([Category(nombre=name) for name in sorted(missing)], ignore_conflicts=True)
    return missing


def _update_or_create(key: str, product: Known, upload: uuid.UUID, **only_new: Any) -> None:
    changes = {
        **_fields(product.values),
        "version": product.version,
        "updated_at": timezone.now(),
        "changed_by_upload": upload,
    }
    del changes["id"]
    Product.objects.update_or_create(
        id=key, proveedor_id=product.proveedor_id, defaults=changes, create_defaults={**changes, **only_new}
    )


def _instance(values: Values, version: int, supplier: str, upload: uuid.UUID, now: datetime, **more: Any) -> Product:
    return Product(
        **_fields(values), proveedor_id=supplier, version=version, updated_at=now, changed_by_upload=upload, **more
    )


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(values)
    fields["categoria_id"] = fields.pop("categoria")
    return fields
