"""The rows to correct: a page that says how far their file is, and the file when it is ready."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.models import FileKind, FileState, PreparedFile
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.corrections import missing_rows_sentence
from bulk_upload.workbooks.download_errors import NoFile
from bulk_upload.workbooks.prepared_files import progress_sentence
from medisupply.api.throttles import too_many_exports

# Seconds after which the page reloads itself where no script runs.
REFRESH_SECONDS = 3


class CorrectionsPage(ScopedUploads):
    def corrections_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponseBase:
        """The file; as long as it is not ready, a page that waits for it."""
        upload = self.visible_upload(request, task_id)
        try:
            file = downloads.corrections(upload)
            if file.state == FileState.READY:
                return too_many_exports(request) or self._ready(request, file)
            missing = downloads.why_missing(file)
            if file.state == FileState.FAILED and missing:
                raise missing
        except NoFile as missing:
            return self.back_to(request, upload, missing.sentence)
        return self._waiting(request, file)

    def corrections_state_view(self, request: HttpRequest, task_id: uuid.UUID) -> JsonResponse:
        upload = self.visible_upload(request, task_id)
        try:
            return JsonResponse(_state(downloads.corrections(upload)))
        except NoFile as missing:
            raise Http404 from missing

    def waiting_page(
        self, request: HttpRequest, file: PreparedFile, address: str, state: dict[str, Any], *, title: str
    ) -> TemplateResponse:
        """The page that waits for `file`, and then opens the `address`, which gives it."""
        place = f"admin:bulk_upload_bulkupload_{address}"
        context = self.page_context(
            request,
            title=title,
            upload=file.upload,
            state=state,
            is_workbook=file.kind == FileKind.WORKBOOK,
            may_upload=self.has_add_permission(request),
            refresh=REFRESH_SECONDS,
            config={
                "file": reverse(place, args=[file.upload_id]),
                "state": reverse(f"{place}_state", args=[file.upload_id]),
                "texts": {
                    "again": _("Descargar otra vez") if file.kind == FileKind.WORKBOOK else _("Ver las filas"),
                    "offline": _("Sin conexión con el servidor: se reintenta en un momento."),
                    "signedOut": _("Su sesión terminó: recargue la página."),
                },
            },
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/corrections.html", context)

    def _ready(self, request: HttpRequest, file: PreparedFile) -> HttpResponseBase:
        ready = downloads.prepared(file)
        return ready.response() if ready else self._waiting(request, file)

    def _waiting(self, request: HttpRequest, file: PreparedFile) -> TemplateResponse:
        return self.waiting_page(request, file, "corrections", _state(file), title=_("Filas por corregir"))


def _state(file: PreparedFile) -> dict[str, Any]:
    text = _("El libro está listo: se descarga.")
    text += f" {missing_rows_sentence(file.missing_from)}" if file.missing_from else ""
    return preparation_state(file, text)


def preparation_state(file: PreparedFile, ready: str) -> dict[str, Any]:
    """How far the file is, for the page that waits for it and its script; `ready` is what it says at the end."""
    missing = downloads.why_missing(file)
    waiting = missing.sentence if missing else progress_sentence(file)
    text = ready if file.state == FileState.READY else waiting
    return {"waiting": file.is_unfinished, "text": text, "total": file.rows_total, "processed": file.rows_done}
