"""The rows of a plan as people and programs see them: in pages, with the problems of what would be rejected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from bulk_upload.importing.planning.content import Planned, PlannedRow
from bulk_upload.models import BulkUpload, Operation, RowError, Severity
from bulk_upload.plans import rows as plan_rows
from bulk_upload.plans.apply import EXPIRED, is_expired
from bulk_upload.purged import Purged

# What an outcome is called in addresses and answers, and what people call it.
NAMES: Final = {
    Planned.CREATED: "creado",
    Planned.UPDATED: "actualizado",
    Planned.UNCHANGED: "sin_cambios",
    Planned.REJECTED: "rechazado",
}
OUTCOMES: Final = {name: outcome for outcome, name in NAMES.items()}
LABELS: Final[dict[Planned, StrPromise]] = {
    Planned.CREATED: _("se crearía"),
    Planned.UPDATED: _("se actualizaría"),
    Planned.UNCHANGED: _("quedaría igual"),
    Planned.REJECTED: _("se rechazaría"),
}
NOT_ENDED: Final = _("El plan no ha terminado: espere a que termine.")
NO_PLAN: Final = _("La carga no es un plan: envíe el archivo con «solo_validar» para ver antes qué cambiaría.")
# Rows whose problems are looked up at once.
BATCH: Final = 500


class Change(NamedTuple):
    """A field of the model with its old and its new value as JSON has them; a new row has no old ones."""

    column: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ShownRow:
    fila: int
    outcome: Planned
    key: str
    changes: list[Change]
    errors: list[RowError] = field(default_factory=list)


def why_none(plan: BulkUpload) -> Purged | None:
    """Why there are no rows of a plan to show; `None` when there are."""
    if plan.operation != Operation.PLAN:
        return Purged("not_a_plan", str(NO_PLAN))
    if not plan.is_final:
        return Purged("not_finished", str(NOT_ENDED))
    if is_expired(plan) or (plan_rows.count(plan) and not plan.planned_rows.exists()):
        return Purged("plan_expired", str(EXPIRED))
    return None


class PlanPages:
    """All rows of a plan, or those with an outcome: counted without a query, read a slice at a time."""

    def __init__(self, plan: BulkUpload, outcome: Planned | None = None) -> None:
        self._plan = plan
        self._outcome = outcome

    def count(self) -> int:
        return plan_rows.count(self._plan, self._outcome)

    def __getitem__(self, part: slice, /) -> list[ShownRow]:
        start, end = part.start or 0, part.stop
        return _with_errors(self._plan, plan_rows.page(self._plan, start, end - start, self._outcome))


def every(plan: BulkUpload, outcome: Planned | None = None) -> Iterator[ShownRow]:
    """All of them, in the order of the file."""
    rows = plan_rows.every(plan, outcome)
    while some := list(islice(rows, BATCH)):
        yield from _with_errors(plan, some)


def _with_errors(plan: BulkUpload, rows: Iterable[PlannedRow]) -> list[ShownRow]:
    shown = [_shown(row) for row in rows]
    rejected = {row.fila: row for row in shown if row.outcome == Planned.REJECTED}
    if rejected and not plan.errors_purged_at:
        found = RowError.objects.filter(upload=plan, severity=Severity.ERROR, fila__in=list(rejected))
        for error in found.order_by("fila", "pk"):
            rejected[error.fila].errors.append(error)
    return shown


def _shown(row: PlannedRow) -> ShownRow:
    changes = [Change(column, *values) for column, values in row.changes.items()]
    return ShownRow(row.fila, row.outcome, row.key, changes)
