"""The filters of the list of uploads: by outcome, by what the files hold, by the supplier that they are of."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.db.models import Field, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin import outcome
from bulk_upload.admin.outcome import Outcome
from bulk_upload.admin.sheets import in_words, offered_imports
from bulk_upload.models import BulkUpload, Operation, Status
from bulk_upload.owners import owners_for

_READ: Final = ~Q(total=0) | Q(error_code__in=outcome.SYSTEM_FAULTS)
_PLANNED: Final = Q(status=Status.COMPLETED, operation=Operation.PLAN)
_STOPPED: Final = Q(guard__has_key="stopped")
_IMPORTED: Final = Q(status=Status.COMPLETED) & ~Q(operation=Operation.PLAN)
CHOICES: Final[dict[str, tuple[Outcome, Q]]] = {
    "pending": (outcome.WAITING, Q(status=Status.PENDING)),
    "processing": (outcome.RUNNING, Q(status=Status.PROCESSING)),
    "completed": (outcome.COMPLETED, _IMPORTED & Q(rechazados=0)),
    "partial": (outcome.WITH_ERRORS, _IMPORTED & Q(rechazados__gt=0, exitosos__gt=0)),
    "nothing": (outcome.NOTHING_IMPORTED, _IMPORTED & Q(rechazados__gt=0, exitosos=0)),
    "planned": (outcome.PLANNED, _PLANNED & ~_STOPPED),
    "stopped": (outcome.STOPPED, _PLANNED & _STOPPED),
    "unreadable": (outcome.UNREADABLE, Q(status=Status.FAILED) & ~_READ),
    "failed": (outcome.FAILED, Q(status=Status.FAILED) & _READ),
    "cancelled": (outcome.CANCELLED, Q(status=Status.CANCELLED)),
}


class OutcomeFilter(admin.SimpleListFilter):
    """Offers the same words that the list shows."""

    title = _("estado")
    parameter_name = "resultado"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, state.label) for name, (state, _rows) in CHOICES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BulkUpload]) -> QuerySet[BulkUpload]:
        chosen = self.value()
        return queryset.filter(CHOICES[chosen][1]) if chosen in CHOICES else queryset


class SheetFilter(admin.SimpleListFilter):
    """Offers the sheets that the person may upload: these are also those whose uploads it may see."""

    title = _("contenido")
    parameter_name = "hoja"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(declared.sheet.name, in_words(declared.sheet.title)) for declared in offered_imports(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BulkUpload]) -> QuerySet[BulkUpload]:
        chosen = self.value()
        return queryset.filter(sheet_name=chosen) if chosen else queryset


class OwnSuppliersFilter(admin.RelatedFieldListFilter):
    """Offers only the suppliers that the person may act for."""

    def field_choices(
        self, field: Field[Any, Any], request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        opts = model_admin.opts
        suppliers = owners_for(request.user, f"{opts.app_label}.view_{opts.model_name}")
        return [(supplier.pk, str(supplier)) for supplier in suppliers]

    @property
    def include_empty_choice(self) -> bool:
        """Whether rows that are nobody's are offered: those of sheets of staff, which the filter by sheet shows."""
        return False
