"""The list of uploads, and the addresses of their pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from bulk_upload.admin.cancel_retry_page import STEPS, CancelRetryPage
from bulk_upload.admin.changes_page import ChangesPage
from bulk_upload.admin.downloads import Downloads
from bulk_upload.admin.filters import OutcomeFilter, OwnSuppliersFilter, SheetFilter
from bulk_upload.admin.guide_page import GuidePage
from bulk_upload.admin.history import HistoryPage
from bulk_upload.admin.mend_page import MendPage
from bulk_upload.admin.operations_page import OperationsPage, may_operate
from bulk_upload.admin.outcome import outcome
from bulk_upload.admin.progress_page import WatchPage
from bulk_upload.admin.replace_page import ReplacePage
from bulk_upload.admin.review_page import ReviewPage
from bulk_upload.admin.sheets import upload_content
from bulk_upload.admin.undo_page import UndoPage
from bulk_upload.admin.upload_page import UploadPage
from bulk_upload.models import BulkUpload


def labelled(label: StrPromise, number: int | None) -> SafeString:
    """A number of a list with its column's name, which is shown where the list has no header (on phones)."""
    if number is None:
        return format_html("{}", "–")
    return format_html('{} <span class="rotulo">{}</span>', intcomma(number), label)


@admin.register(BulkUpload)
class BulkUploadAdmin(
    UploadPage,
    ReviewPage,
    WatchPage,
    CancelRetryPage,
    HistoryPage,
    ReplacePage,
    ChangesPage,
    GuidePage,
    MendPage,
    OperationsPage,
    UndoPage,
    Downloads,
):
    list_display = ["estado", "archivo", "codigo_proveedor", "recibida", "filas", "rechazadas"]
    list_display_links = ["archivo"]
    list_filter = [OutcomeFilter, "operation", SheetFilter, ("proveedor", OwnSuppliersFilter), "created_at"]
    list_select_related = ["proveedor"]
    list_per_page = 50
    search_fields = ["filename", "task_id"]
    show_full_result_count = False

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ["bulk_upload/uploads.css"]}

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Callable[..., Any], str]] = [
            *((f"<uuid:task_id>/{step}/", partial(self.step_view, name=step), step) for step in STEPS),
            ("<uuid:task_id>/aplicar/", self.apply_view, "apply"),
            ("<uuid:task_id>/plan.xlsx", self.plan_file_view, "plan_file"),
            ("<uuid:task_id>/deshacer/", self.undo_view, "undo"),
            ("<uuid:task_id>/revisar/", self.review_view, "review"),
            ("<uuid:task_id>/revisar/estado/", self.review_state_view, "review_state"),
            ("<uuid:task_id>/revisar-archivo/", self.review_upload_view, "review_upload"),
            ("<uuid:task_id>/replace/", self.replace_view, "replace"),
            ("<uuid:task_id>/actualizados/", self.changes_view, "changes"),
            ("guia/", self.guide_view, "guide"),
            ("operacion/", self.operations_view, "operations"),
            ("operacion/reintentar/", self.redrive_view, "redrive"),
            ("<uuid:task_id>/correcciones/", self.corrections_view, "corrections"),
            ("<uuid:task_id>/correcciones/estado/", self.corrections_state_view, "corrections_state"),
            ("<uuid:task_id>/corregir/", self.mend_view, "mend"),
            ("<uuid:task_id>/corregir/estado/", self.mend_state_view, "mend_state"),
            ("<uuid:task_id>/corregir/<int:fila>/", self.mend_row_view, "mend_row"),
            ("plantilla/<slug:kind>/", self.template_view, "template"),
            ("<uuid:task_id>/archivo/", self.original_view, "original"),
            ("<uuid:task_id>/errores/<slug:file_format>/", self.errors_view, "errors"),
        ]
        view = self.admin_site.admin_view
        own = [path(address, view(page), name=f"bulk_upload_bulkupload_{name}") for address, page, name in pages]
        return [*own, *super().get_urls()]

    @admin.display(description=_("estado"), ordering="status")
    def estado(self, upload: BulkUpload) -> SafeString:
        return outcome(upload).badge

    @admin.display(description=_("archivo"), ordering="filename")
    def archivo(self, upload: BulkUpload) -> SafeString:
        return format_html('{} <span class="contenido">{}</span>', upload.filename, upload_content(upload))

    @admin.display(description=_("proveedor"), ordering="proveedor")
    def codigo_proveedor(self, upload: BulkUpload) -> SafeString:
        if upload.proveedor is None:
            return format_html("{}", "–")
        return format_html('<span title="{}">{}</span>', upload.proveedor.nombre, upload.proveedor_id)

    @admin.display(description=_("recibida"), ordering="created_at")
    def recibida(self, upload: BulkUpload) -> str:
        return date_format(localtime(upload.created_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("filas"), ordering="total")
    def filas(self, upload: BulkUpload) -> SafeString:
        return labelled(_("filas"), upload.total or None)

    @admin.display(description=_("rechazadas"), ordering="rechazados")
    def rechazadas(self, upload: BulkUpload) -> SafeString:
        return labelled(_("rechazadas"), upload.rechazados if upload.total else None)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(
            request,
            {
                "title": capfirst(self.opts.verbose_name_plural),
                "may_operate": may_operate(request),
                **(extra_context or {}),
            },
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[BulkUpload], search_term: str
    ) -> tuple[QuerySet[BulkUpload], bool]:
        """A whole task id is looked up by its key; anything else is searched for."""
        try:
            return queryset.filter(pk=uuid.UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
