"""The rows to correct: a page that says how far their file is, and the file when it is ready."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload import prepared_files, storage
from bulk_upload.admin.downloads import attachment
from bulk_upload.admin.scope import ScopedUploads
from bulk_upload.corrections import missing_rows_sentence, standing_errors
from bulk_upload.exports import CONTENT_TYPES
from bulk_upload.models import BulkUpload, FileState, PreparedFile
from medisupply.throttles import too_many_exports

# Seconds after which the page reloads itself where no script runs.
REFRESH_SECONDS = 3


class CorrectionsPage(ScopedUploads):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "bulk_upload_bulkupload_corrections"
        return [
            path("<uuid:task_id>/correcciones/", view(self.corrections_view), name=name),
            path("<uuid:task_id>/correcciones/estado/", view(self.corrections_state_view), name=f"{name}_state"),
            *super().get_urls(),
        ]

    def corrections_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponseBase:
        """The file; as long as it is not ready, a page that waits for it."""
        upload = self.visible_upload(request, task_id)
        if not upload.is_final:
            return self._back(request, upload, _("La carga no ha terminado: espere a que termine."))
        if not standing_errors(upload).exists():
            return self._back(request, upload, _("La carga no tiene filas por corregir."))
        file = prepared_files.corrections_of(upload, _language())
        if file.state == FileState.READY:
            return too_many_exports(request) or self._ready(request, file)
        why = prepared_files.reason(file, _language())
        if file.state == FileState.FAILED and why:
            return self._back(request, upload, why.sentence)
        return self._waiting(request, file)

    def corrections_state_view(self, request: HttpRequest, task_id: uuid.UUID) -> JsonResponse:
        upload = self.visible_upload(request, task_id)
        if not (upload.is_final and standing_errors(upload).exists()):
            raise Http404
        return JsonResponse(_state(prepared_files.corrections_of(upload, _language())))

    def _ready(self, request: HttpRequest, file: PreparedFile) -> HttpResponseBase:
        try:
            blocks = storage.stream(file.s3_key)
        except storage.FileGone:
            prepared_files.make_again(file)
            return self._waiting(request, file)
        except storage.StorageDown:
            message = _("El almacén de archivos no responde: intente de nuevo en un momento.")
            return self._back(request, file.upload, message)
        name = f"{PurePath(file.upload.filename).stem}_por_corregir.xlsx"
        response = attachment(blocks, name, CONTENT_TYPES["xlsx"])
        response["Content-Length"] = str(file.size)
        return response

    def _waiting(self, request: HttpRequest, file: PreparedFile) -> TemplateResponse:
        address = "admin:bulk_upload_bulkupload_corrections"
        context = self.page_context(
            request,
            title=_("Filas por corregir"),
            upload=file.upload,
            state=_state(file),
            may_upload=self.has_add_permission(request),
            refresh=REFRESH_SECONDS,
            config={
                "file": reverse(address, args=[file.upload_id]),
                "state": reverse(f"{address}_state", args=[file.upload_id]),
                "texts": {
                    "again": _("Descargar otra vez"),
                    "offline": _("Sin conexión con el servidor: se reintenta en un momento."),
                    "signedOut": _("Su sesión terminó: recargue la página."),
                },
            },
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/corrections.html", context)

    def _back(self, request: HttpRequest, upload: BulkUpload, why: str) -> HttpResponseRedirect:
        messages.error(request, why)
        return HttpResponseRedirect(reverse("admin:bulk_upload_bulkupload_change", args=[upload.pk]))


def _state(file: PreparedFile) -> dict[str, Any]:
    """How far the file is, for the page and its script."""
    why = prepared_files.reason(file, _language())
    if file.state == FileState.READY:
        text = _("El libro está listo: se descarga.")
        text += f" {missing_rows_sentence(file.missing_from)}" if file.missing_from else ""
    else:
        text = why.sentence if why else prepared_files.progress_sentence(file)
    return {"waiting": file.is_unfinished, "text": text, "total": file.rows_total, "processed": file.rows_done}


def _language() -> str:
    return get_language() or "es"
