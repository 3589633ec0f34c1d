"""Files to take away: the original, all errors, the templates."""

from __future__ import annotations

import uuid
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from bulk_upload.admin.sheets import requested_sheet
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.imports import registry
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.download_errors import NoFile
from bulk_upload.workbooks.errors_file import ExportFormat
from medisupply.api.throttles import too_many_exports

TEMPLATES: Final = ("vacia", "ejemplo")
ERROR_FORMATS: Final = (ExportFormat.CSV, ExportFormat.XLSX)


class Downloads(ScopedUploads):
    """Addresses below an upload (and the list of uploads) that answer with a file."""

    def template_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        if not (self.has_add_permission(request) or self.has_view_permission(request)):
            raise PermissionDenied
        if kind not in TEMPLATES:
            raise Http404
        if refused := too_many_exports(request):
            return refused
        declared = registry.get(requested_sheet(request.GET.get("hoja"), request.user).name)
        return downloads.template(declared, request.user, example=kind == "ejemplo").response()

    def original_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponseBase:
        upload = self.visible_upload(request, task_id)
        if refused := too_many_exports(request):
            return refused
        try:
            return downloads.original(upload).response()
        except NoFile as missing:
            return self.back_to(request, upload, missing.sentence)

    def errors_view(self, request: HttpRequest, task_id: uuid.UUID, file_format: str) -> HttpResponseBase:
        upload = self.visible_upload(request, task_id)
        if file_format not in ERROR_FORMATS:
            raise Http404
        if refused := too_many_exports(request):
            return refused
        try:
            return downloads.errors(upload, ExportFormat(file_format)).response()
        except NoFile as missing:
            return self.back_to(request, upload, missing.sentence)
