"""Admin pages of rows that imports write too: who made a row, and that a person has changed it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulk_upload.history.edits import Editor, keep_changed, keep_created, keep_removed
from bulk_upload.models import BulkUpload, EditSource, ImportedModel
from catalog.admin.clean_texts import CleanTextsForm
from catalog.admin.concurrent_saves import ConcurrentSavesAdmin
from catalog.admin.row_history import RowHistoryAdmin
from medisupply.backends.database import next_change_number

M = TypeVar("M", bound=ImportedModel)

# Shown, not edited, on the page of an existing row.
ABOUT_CHANGES = ("version", "created_at", "updated_at", "creating_upload", "changing_upload")


class ImportedForm(CleanTextsForm[M]):
    def last_change(self) -> SafeString | str:
        upload = self.instance.changed_by_upload
        return format_html(gettext("la carga {}"), _linked(upload)) if upload else super().last_change()


class ImportedAdmin(RowHistoryAdmin[M], ConcurrentSavesAdmin[M]):
    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ["bulk_upload/uploads.css", "catalog/row_history.css"]}

    def audit_fields(self, obj: M) -> list[str]:
        obj.change_number = next_change_number()
        if obj._state.adding:
            return []
        # As after a change by the API: no upload is the author of these values.
        obj.version, obj.changed_by_upload = obj.version + 1, None
        return ["change_number", "version", "changed_by_upload", "updated_at"]

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            before = {name: form.initial[name] for name in form.changed_data if name in form.initial}
            keep_changed(obj, before, _editor(request))
        else:
            keep_created(self.model, [obj], _editor(request))

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        keep_removed(self.model, [obj], _editor(request))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        rows = self.model._default_manager.filter(pk__in=queryset.values("pk")).select_for_update()
        keep_removed(self.model, rows, _editor(request))
        super().delete_queryset(request, queryset)

    @admin.display(description=_("carga que lo creó"))
    def creating_upload(self, obj: M) -> SafeString | str:
        return _linked(obj.created_by_upload)

    @admin.display(description=_("última carga que lo cambió"))
    def changing_upload(self, obj: M) -> SafeString | str:
        return _linked(obj.changed_by_upload)


def _editor(request: HttpRequest) -> Editor:
    return Editor(request.user, EditSource.ADMIN)


def upload_address(task_id: uuid.UUID) -> str:
    return reverse("admin:bulk_upload_bulkupload_change", args=[task_id])


def received_on(upload: BulkUpload) -> str:
    return date_format(localtime(upload.created_at), "SHORT_DATE_FORMAT")


def _linked(task_id: uuid.UUID | None) -> SafeString | str:
    """The upload by its file's name, linked; by its identifier when it is no longer kept."""
    if task_id is None:
        return "–"
    upload = BulkUpload.objects.filter(pk=task_id).only("filename", "created_at").first()
    if upload is None:
        return gettext("%(upload)s (ya no se conserva)") % {"upload": task_id}
    return format_html('<a href="{}">{}</a> ({})', upload_address(task_id), upload.filename, received_on(upload))
