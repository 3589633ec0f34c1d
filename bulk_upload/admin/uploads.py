"""The list of uploads, and what hangs on it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin.downloads import Downloads
from bulk_upload.admin.guide_page import GuidePage
from bulk_upload.admin.outcome import status_badge
from bulk_upload.admin.replace import ReplacePage
from bulk_upload.admin.upload_page import UploadPage
from bulk_upload.admin.watch import WatchPage
from bulk_upload.models import BulkUpload
from catalog.admin import OwnSuppliersFilter


@admin.register(BulkUpload)
class BulkUploadAdmin(UploadPage, WatchPage, ReplacePage, GuidePage, Downloads):
    list_display = [
        "estado",
        "archivo",
        "proveedor",
        "created_by",
        "created_at",
        "total",
        "creados",
        "actualizados",
        "sin_cambios",
        "rechazados",
    ]
    list_display_links = ["archivo"]
    list_filter = ["status", ("proveedor", OwnSuppliersFilter), "created_at"]
    list_select_related = ["proveedor", "created_by"]
    list_per_page = 50
    search_fields = ["filename", "task_id"]
    show_full_result_count = False

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ["bulk_upload/uploads.css"]}

    @admin.display(description=_("estado"), ordering="status")
    def estado(self, upload: BulkUpload) -> SafeString:
        return status_badge(upload)

    @admin.display(description=_("archivo"), ordering="filename")
    def archivo(self, upload: BulkUpload) -> str:
        return upload.filename

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[BulkUpload], search_term: str
    ) -> tuple[QuerySet[BulkUpload], bool]:
        """A whole task id is looked up by its key; anything else is searched for."""
        try:
            return queryset.filter(pk=uuid.UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
