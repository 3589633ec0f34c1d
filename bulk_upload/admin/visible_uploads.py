"""What a person may see and do in the admin: its own suppliers' uploads, or everything."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse

from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload


class ScopedUploads(admin.ModelAdmin[BulkUpload]):
    """Uploads that are looked at, never edited, each by those who may."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[BulkUpload]:
        # The lists of a result hold up to a thousand entries each; no page of the admin shows them.
        return BulkUpload.objects.for_user(request.user).defer("productos_creados", "productos_actualizados")

    def has_change_permission(self, request: HttpRequest, obj: BulkUpload | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: BulkUpload | None = None) -> bool:
        return False

    def visible_upload(self, request: HttpRequest, task_id: uuid.UUID | str) -> BulkUpload:
        """The upload of an address, or 404 (403 for who may see no uploads at all)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            key = uuid.UUID(str(task_id))
        except ValueError as error:
            raise Http404 from error
        upload = (
            self.get_queryset(request)
            .select_related("proveedor", "created_by", "corrects", "based_on")
            .filter(pk=key)
            .first()
        )
        # After a rollback there may be uploads of sheets that only the newer release knows: the list has them, and the
        # API says their state.
        if upload is None or upload.sheet_name not in registry.imports:
            raise Http404
        return upload

    def back_to(self, request: HttpRequest, upload: BulkUpload, why: str = "") -> HttpResponseRedirect:
        """The page of `upload`, which says `why` that is not what was asked for."""
        if why:
            messages.error(request, why)
        return HttpResponseRedirect(reverse("admin:bulk_upload_bulkupload_change", args=[upload.pk]))

    def page_context(self, request: HttpRequest, **more: Any) -> dict[str, Any]:
        """What every page of the admin needs, and `more`."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "has_view_permission": self.has_view_permission(request),
            **more,
        }
