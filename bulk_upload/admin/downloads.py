"""Files to take away: the original, all errors, the templates."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO, Final, Literal

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload import storage
from bulk_upload.admin.sheets import requested_sheet
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.problems import FileProblem, text_of
from bulk_upload.workbooks.row_errors import CONTENT_TYPES, export_errors
from bulk_upload.workbooks.template import template_name, write_template
from medisupply.api.throttles import too_many_exports

# Bytes of a file that stay in memory while it is made; what is more goes to disk.
IN_MEMORY: Final = 4 * 1024 * 1024
TEMPLATES: Final = ("vacia", "ejemplo")
ERROR_FORMATS: Final = ("csv", "xlsx")


class Downloads(ScopedUploads):
    """Addresses below an upload (and the list of uploads) that answer with a file."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "bulk_upload_bulkupload"
        return [
            path("plantilla/<slug:kind>/", view(self.template_view), name=f"{name}_template"),
            path("<uuid:task_id>/archivo/", view(self.original_view), name=f"{name}_original"),
            path("<uuid:task_id>/errores/<slug:file_format>/", view(self.errors_view), name=f"{name}_errors"),
            *super().get_urls(),
        ]

    def template_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        if not (self.has_add_permission(request) or self.has_view_permission(request)):
            raise PermissionDenied
        if kind not in TEMPLATES:
            raise Http404
        if refused := too_many_exports(request):
            return refused
        declared = registry.get(requested_sheet(request.GET.get("hoja"), request.user).name)
        is_example = kind == "ejemplo"
        target = _file()
        write_template(target, declared, declared.example_rows(request.user) if is_example else [], request.user)
        return _sent(target, template_name(declared.sheet, example=is_example), "xlsx")

    def original_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponseBase:
        """The file as it was uploaded, through Django: nobody gets an address of the bucket."""
        upload = self.visible_upload(request, task_id)
        if refused := too_many_exports(request):
            return refused
        try:
            with storage.local_copy(upload) as path:
                target = path.open("rb")  # opened, it can be read after its folder is gone
        except (storage.StorageDown, storage.FileGone, FileProblem) as error:
            return self._not_now(request, upload, error)
        return _sent(target, upload.filename, upload.file_format, rewind=False)

    def errors_view(self, request: HttpRequest, task_id: uuid.UUID, file_format: str) -> HttpResponseBase:
        upload = self.visible_upload(request, task_id)
        if file_format not in ERROR_FORMATS:
            raise Http404
        if refused := too_many_exports(request):
            return refused
        kind: Literal["csv", "xlsx"] = "csv" if file_format == "csv" else "xlsx"
        name = f"{PurePath(upload.filename).stem}_errores.{kind}"
        return attachment(export_errors(upload, kind, _language()), name, CONTENT_TYPES[kind])

    def _not_now(self, request: HttpRequest, upload: BulkUpload, error: Exception) -> HttpResponse:
        """Back to the upload's page, with the reason."""
        if isinstance(error, FileProblem):
            reason = text_of(error.code, error.params, _language())
        elif isinstance(error, storage.FileGone):
            reason = text_of("file_missing", {}, _language())
        else:
            reason = _("El almacén de archivos no responde: intente de nuevo en un momento.")
        messages.error(request, reason)
        return HttpResponseRedirect(reverse("admin:bulk_upload_bulkupload_change", args=[upload.pk]))


def attachment(blocks: Iterator[bytes], name: str, content_type: str) -> StreamingHttpResponse:
    """Blocks of bytes as a file to save."""
    response = StreamingHttpResponse(blocks, content_type=content_type)
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=name))
    return response


def _sent(file: IO[bytes], name: str, file_format: str, *, rewind: bool = True) -> FileResponse:
    if rewind:
        file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[file_format])


def _file() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=settings.BULK_UPLOAD_TEMP_DIR)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
