"""The change guard: whether an upload may do what its plan says, or another person must look at it first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bulk_upload.importing.mapping.target import Target, target_of
from bulk_upload.importing.planning.plan import Plan
from bulk_upload.models import BulkUpload, ChangeGuard, Operation

# What the guard found: a code of `problem_texts.GUARD_TEXTS`, with the parameters of its text.
Finding = dict[str, Any]
# The most that is shown of a number that grew from nothing.
ENDLESS = 999_999


def guard_of(upload: BulkUpload) -> ChangeGuard | None:
    """The guard that must be asked before anything of `upload` is written: not of one that has begun without."""
    is_asked = (upload.guard is None and not upload.next_row) or upload.guard == {"asked": True}
    if upload.operation != Operation.IMPORT or not is_asked:
        return None
    guard = ChangeGuard.objects.filter(proveedor=upload.proveedor_id, sheet_name=upload.sheet_name).first()
    # Without limits: one that was removed since it was asked. What it was asked about is a plan only.
    return guard or (ChangeGuard(refuse_zero_price=False) if upload.guard else None)


def findings(guard: ChangeGuard, upload: BulkUpload, plan: Plan) -> list[Finding]:
    """Why `upload`, of which `plan` is complete, must not go on by itself; empty when it may."""
    target, watched, found = target_of(upload.sheet_name), plan.watched, []
    column = target.declared.large_change
    existing = _existing(target, upload)
    share = Decimal(100 * upload.actualizados) / existing if existing else Decimal(0)
    if guard.max_changed_percent is not None and share > guard.max_changed_percent:
        found.append(
            _finding(
                "guard_changed_rows",
                cambiadas=upload.actualizados,
                existentes=existing,
                porcentaje=_rounded(share),
                maximo=guard.max_changed_percent,
            )
        )
    if guard.max_price_percent is not None and watched.largest > guard.max_price_percent:
        percent, most = _rounded(watched.largest), guard.max_price_percent
        found.append(_finding("guard_price", columna=column, fila=watched.largest_row, porcentaje=percent, maximo=most))
    if guard.refuse_zero_price and watched.zeros:
        found.append(_finding("guard_zero", columna=column, filas=watched.zeros, fila=watched.first_zero))
    return found


def _existing(target: Target, upload: BulkUpload) -> int:
    """How many rows of the model the upload's owner has."""
    rows = target.model._default_manager.all()
    if target.owner:
        return rows.filter(**{target.owner: upload.proveedor_id}).count()
    for place in target.places:
        if place.reference and place.reference.owned:
            name = place.field.removesuffix("_id")
            return rows.filter(**{f"{name}__{place.reference.owner}": upload.proveedor_id}).count()
    return rows.count()


def _finding(code: str, **params: Any) -> Finding:
    return {"codigo": code, "params": params}


def _rounded(percent: Decimal) -> int:
    return ENDLESS if not percent.is_finite() else min(round(percent), ENDLESS)
