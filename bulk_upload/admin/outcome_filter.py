"""The list of uploads, filtered by the same words that it shows."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin import outcome
from bulk_upload.admin.outcome import Outcome
from bulk_upload.models import BulkUpload, Status

_READ: Final = ~Q(total=0) | Q(error_code__in=outcome.SYSTEM_FAULTS)
CHOICES: Final[dict[str, tuple[Outcome, Q]]] = {
    "pending": (outcome.WAITING, Q(status=Status.PENDING)),
    "processing": (outcome.RUNNING, Q(status=Status.PROCESSING)),
    "completed": (outcome.COMPLETED, Q(status=Status.COMPLETED, rechazados=0)),
    "partial": (outcome.WITH_ERRORS, Q(status=Status.COMPLETED, rechazados__gt=0, exitosos__gt=0)),
    "nothing": (outcome.NOTHING_IMPORTED, Q(status=Status.COMPLETED, rechazados__gt=0, exitosos=0)),
    "unreadable": (outcome.UNREADABLE, Q(status=Status.FAILED) & ~_READ),
    "failed": (outcome.FAILED, Q(status=Status.FAILED) & _READ),
    "cancelled": (outcome.CANCELLED, Q(status=Status.CANCELLED)),
}


class OutcomeFilter(admin.SimpleListFilter):
    title = _("estado")
    parameter_name = "resultado"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, state.label) for name, (state, _rows) in CHOICES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BulkUpload]) -> QuerySet[BulkUpload]:
        chosen = self.value()
        return queryset.filter(CHOICES[chosen][1]) if chosen in CHOICES else queryset
