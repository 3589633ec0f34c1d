"""The list of uploads, filtered by what the files hold."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin.sheets import in_words, offered_imports
from bulk_upload.models import BulkUpload


class SheetFilter(admin.SimpleListFilter):
    """Offers the sheets that the person may upload: these are also those whose uploads it may see."""

    title = _("contenido")
    parameter_name = "hoja"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(declared.sheet.name, in_words(declared.sheet.title)) for declared in offered_imports(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BulkUpload]) -> QuerySet[BulkUpload]:
        chosen = self.value()
        return queryset.filter(sheet_name=chosen) if chosen else queryset
