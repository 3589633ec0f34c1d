"""Write one product: matched, locked and judged by the very code that judges a sheet's rows.

What meets another write at the same moment (the same id or code, a deadlock) is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import ProtectedError
from django.forms.models import model_to_dict

from bulk_upload.checking.results import Problem
from bulk_upload.history.edits import Editor, keep_changed, keep_created, keep_removed
from bulk_upload.importing.mapping.missing_references import create_missing, created_warning, missing_names
from bulk_upload.importing.mapping.target import Values, as_fields, target_of
from bulk_upload.importing.matching.create_or_update import decide
from bulk_upload.importing.matching.decision_types import Decisions
from catalog.api.items.rules import CheckedItem
from catalog.models import Product, Supplier
from catalog.sheets.products import PRODUCTS
from medisupply.backends.database import database_now, next_change_number

Written = TypeVar("Written")

# How often a write is tried while others get in its way.
TRIES: Final = 3
# PostgreSQL's codes of a transaction that was ended so that another one could go on.
LOST: Final = frozenset(["40001", "40P01"])


class Refused(Exception):
    """The product cannot be written as it was sent. `conflict`: because of what exists already."""

    def __init__(self, problems: list[Problem], *, conflict: bool) -> None:
        super().__init__([problem.codigo for problem in problems])
        self.problems = problems
        self.conflict = conflict


class Contended(Exception):
    """Others changed the same product at the same time, as often as it was tried."""


class NotThere(Exception):
    """The product to be changed does not exist, or is not this supplier's."""


def create(item: CheckedItem, supplier: Supplier, editor: Editor) -> tuple[Product, list[Problem]]:
    """Create a product; returns it with the warnings. Raises `Refused`."""
    return _write(item, supplier.pk, None, editor)


def change(item: CheckedItem, supplier: str, key: str, editor: Editor) -> tuple[Product, list[Problem]]:
    """Change the supplier's product `key`; returns it with the warnings. Raises `Refused` or `NotThere`."""
    return _write(item, supplier, key, editor)


def delete(product: Product, editor: Editor) -> None:
    """Delete the product. Raises `Contended`, or `ProtectedError` while there is stock of it."""
    _repeated(lambda: _delete(product, editor))


def _delete(seen: Product, editor: Editor) -> None:
    rows = Product.objects.filter(pk=seen.pk, proveedor_id=seen.proveedor_id)
    product = rows.select_for_update().first()
    if product is not None:  # else somebody else was faster
        keep_removed(Product, [product], editor)
        product.delete()


def _write(item: CheckedItem, supplier: str, key: str | None, editor: Editor) -> tuple[Product, list[Problem]]:
    if item.problems:
        raise Refused(list(item.problems), conflict=False)
    return _repeated(lambda: _decide_and_write(item, supplier, key, editor))


def _repeated(write: Callable[[], Written]) -> Written:
    """`write` in a transaction of its own, tried again when another one was in its way. Raises `Contended`."""
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                return write()
        except ProtectedError:  # an `IntegrityError`, too
            raise
        except IntegrityError as error:
            contended: Exception = error  # taken between the look and the write: the next look sees it
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in LOST:
                raise
            contended = error
    raise Contended from contended


def _decide_and_write(
    item: CheckedItem, supplier: str, key: str | None, editor: Editor
) -> tuple[Product, list[Problem]]:
    if key is not None and not Product.objects.filter(pk=key, proveedor_id=supplier).exists():
        raise NotThere
    target = target_of(PRODUCTS.name)
    cleared = {} if key is None else _clear(item.cleared, supplier, key)
    columns = [[value] for value in item.values]
    decisions = decide(target, [0], columns, supplier, replace=key is not None)
    if decisions.rejected:
        errors = [problem for problem in decisions.problems if not problem.warning]
        broken = {code for rule, _places in target.full_rules for code in rule.codes}
        raise Refused(errors, conflict=broken.isdisjoint(problem.codigo for problem in errors))
    if key is not None and decisions.creates:
        raise NotThere  # deleted a moment ago
    warnings = [problem for problem in decisions.problems if problem.warning]
    warnings += _create_categories(decisions)
    return _save(decisions, item, supplier, editor, cleared), warnings


def _clear(names: Collection[str], supplier: str, key: str) -> dict[str, Any]:
    """Take these values from the product; returns those that it had. What follows in the transaction sees it so."""
    if not names:
        return {}
    rows = Product.objects.filter(pk=key, proveedor_id=supplier)
    values = rows.select_for_update().values(*names).first() or {}
    had = {name: value for name, value in values.items() if value is not None}
    if had:
        rows.update(**dict.fromkeys(had))
    return had


def _create_categories(decisions: Decisions) -> list[Problem]:
    """Create the categories that the product names and that do not exist, with a warning for each."""
    target = target_of(PRODUCTS.name)
    (place,) = (place for place in target.places if place.reference and place.reference.create)
    missing = missing_names(place, decisions.named)
    create_missing(place, missing)
    create = place.reference and place.reference.create
    return [created_warning(create, "categoria", 0, name) for name in sorted(map(str, missing))] if create else []


def _save(
    decisions: Decisions, item: CheckedItem, supplier: str, editor: Editor, cleared: Mapping[str, Any]
) -> Product:
    """Write what was decided. The last write has the highest number: no list that is older replaces this."""
    for key, values in decisions.creates.items():
        more = {"activo": True if item.activo is None else item.activo, "change_number": next_change_number()}
        created = Product.objects.create(**_fields(values), id=str(key), proveedor_id=supplier, **more)
        keep_created(Product, [created], editor)
        return created
    changes: dict[str, Any] = {}
    for known in decisions.updates.values():
        changes = _fields(known.values)
    rows = Product.objects.filter(pk=item.id, proveedor_id=supplier)
    product = rows.select_for_update().first()
    if product is None:
        raise NotThere
    before = {**model_to_dict(product), **cleared}
    if item.activo is not None and product.activo != item.activo:
        changes["activo"] = item.activo
    if changes or cleared:
        # No upload is the author of this change.
        changes |= {"version": product.version + 1, "updated_at": database_now(), "changed_by_upload": None}
    # Equal values count as well: they were sent now.
    rows.update(**changes, change_number=next_change_number())
    product.refresh_from_db()
    keep_changed(product, before, editor)
    return product


def _fields(values: Values) -> dict[str, Any]:
    fields = as_fields(target_of(PRODUCTS.name), values)
    return {name: value for name, value in fields.items() if name != "id"}
