"""The table of a scenario in the database, before and after; and what the database says of an upload."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import models

from bulk_upload.models import BulkUpload, Severity
from catalog.models import Category, Product, StockLot, Supplier
from catalog.tests.random_files import sheets
from catalog.tests.random_files.oracle import OURS, THEIRS, Account, Kept, Key, Oracle
from catalog.tests.random_files.plan import Plan
from catalog.tests.stock_rows import make_product, make_warehouse

MODELS: Final[dict[str, type[models.Model]]] = {
    "productos": Product,
    "existencias": StockLot,
    "proveedores": Supplier,
}
COUNTED: Final = (
    *("total", "creados", "actualizados", "sin_cambios", "rechazados", "duplicados"),
    *("categorias_creadas", "cambios_grandes_de_precio"),
)
Rows = dict[Key, tuple[Any, ...]]


def fill(plan: Plan, existing: Sequence[Kept], *, is_their_supplier_active: bool) -> None:
    """The suppliers, what rows refer to, and the rows that exist."""
    if plan.is_sent_by_suppliers:
        Supplier.objects.create(codigo=OURS, nombre="Distribuciones Andinas")
        Supplier.objects.create(codigo=THEIRS, nombre="Otro", activo=is_their_supplier_active)
    for name in plan.created.known if plan.created else ():
        Category.objects.create(nombre=name, aprobada=True)
    if plan.references:
        _fill_what_lots_refer_to()
    model = MODELS[plan.sheet]
    owned = [{"proveedor_id": kept.owner} if plan.is_owned else {} for kept in existing]
    model._default_manager.bulk_create(
        model(**_attributes(plan, kept), **owner, change_number=kept.number)
        for kept, owner in zip(existing, owned, strict=True)
    )


def _fill_what_lots_refer_to() -> None:
    ours, theirs = Supplier.objects.order_by("codigo")
    for code, key in sheets.CODES.items():
        make_product(
            key,
            theirs if key == sheets.THEIRS else ours,
            codigo=code,
            requiere_lote=key == sheets.LOT,
            requiere_vencimiento=key == sheets.EXPIRES,
        )
    for code in sheets.WAREHOUSES:
        make_warehouse(code, activo=code != "CERRADA")


def _attributes(plan: Plan, kept: Kept) -> dict[str, Any]:
    return dict(zip(_attnames(plan), kept.values.values(), strict=True))


def _attnames(plan: Plan) -> list[str]:
    """The model's names of a plan's fields: a foreign key's holds the key."""
    return [MODELS[plan.sheet]._meta.get_field(name).attname for name in plan.fields]  # type: ignore[union-attr]


def rows_of(plan: Plan, uploads: Sequence[BulkUpload]) -> Rows:
    """The table as it is: key → values, owner, version and the places of the uploads that wrote the row."""
    places = {upload.pk: place for place, upload in enumerate(uploads, 1)}
    owner = "proveedor_id" if plan.is_owned else "version"
    names = [*_attnames(plan), owner, "version", "created_by_upload", "changed_by_upload"]
    found: Rows = {}
    for row in MODELS[plan.sheet]._default_manager.values_list(*names):
        values = dict(zip(plan.fields, row, strict=False))
        owner_key, version, created_by, changed_by = row[len(values) :]
        key = tuple(values[name] for name in plan.row_key)
        authors = (_place(places, created_by), _place(places, changed_by))
        found[key] = (values, owner_key if plan.is_owned else OURS, version, *authors)
    return found


def _place(places: dict[uuid.UUID, int], upload: uuid.UUID | None) -> int | None:
    return None if upload is None else places[upload]


def rows_expected(oracle: Oracle) -> Rows:
    return {
        key: (kept.values, kept.owner, kept.version, kept.created_by, kept.changed_by)
        for key, kept in oracle.rows.items()
    }


def account_of(upload: BulkUpload) -> Account:
    """What the upload says of itself."""
    problems = upload.row_errors.values_list("severity", "fila", "columna", "codigo")
    return Account(
        **{name: getattr(upload, name) for name in COUNTED},
        errors=sorted(problem[1:] for problem in problems if problem[0] == Severity.ERROR),
        warnings=sorted(problem[1:] for problem in problems if problem[0] == Severity.WARNING),
        created=upload.productos_creados,
        updated=upload.productos_actualizados,
        changes={change.fila: sorted(change.cambios) for change in upload.row_changes.all()},
    )
