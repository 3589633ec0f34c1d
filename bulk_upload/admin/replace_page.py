"""Upload a file again, from the store, so that it replaces what exists."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from bulk_upload import purged, storage
from bulk_upload.admin.next_step import may_replace
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.imports import registry
from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload, Part
from bulk_upload.owners import may_act_for
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.workbooks.download_errors import NoFile
from bulk_upload.workbooks.downloads import store_faults_in_words
from medisupply.web import history


class ReplacePage(ScopedUploads):
    def replace_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Ask first (GET), then accept the stored file as a new upload (POST)."""
        upload = self.visible_upload(request, task_id)
        if not may_act_for(request.user, upload) or (upload.proveedor and not upload.proveedor.activo):
            raise PermissionDenied
        if gone := purged.part_of(upload, Part.FILE):
            return self.back_to(request, upload, gone.sentence)
        if not may_replace(upload):
            messages.warning(request, _("Solo una carga completada sin reemplazar puede repetirse reemplazando."))
            return self.back_to(request, upload)
        if request.method == "POST":
            return self._replace(request, upload)
        step = {
            "question": _(
                "El mismo archivo se carga otra vez. Lo que ya existe se actualiza con los datos del archivo; una "
                "celda opcional vacía conserva lo que tiene."
            ),
            "button": _("Sí, cargar y reemplazar"),
        }
        context = self.page_context(
            request, title=_("Cargar otra vez reemplazando duplicados"), upload=upload, step=step
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/confirm.html", context)

    def _replace(self, request: HttpRequest, upload: BulkUpload) -> HttpResponse:
        try:
            repeated = _upload_again(request, upload)
        except RefusedUpload as refusal:
            return self.back_to(request, upload, refusal.message)
        except NoFile as missing:
            return self.back_to(request, upload, missing.sentence)
        self.log_addition(request, repeated, history.message("uploaded_again"))
        return self.back_to(request, repeated)


def _upload_again(request: HttpRequest, upload: BulkUpload) -> BulkUpload:
    """Raises `RefusedUpload` or `NoFile`."""
    with store_faults_in_words(), storage.local_copy(upload) as path, path.open("rb") as content:
        return accept_upload(
            file=UploadedFile(content, name=upload.filename, size=upload.size),
            sheet=registry.get(upload.sheet_name).sheet,
            owner=upload.proveedor,
            user=request.user,
            reemplazar_duplicados=True,
            mapping=upload.sheet_mapping,
        )
