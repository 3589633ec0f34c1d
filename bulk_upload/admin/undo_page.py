"""Undo what an upload did: what that would find first, then the request."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.importing.mapping.target import target_of
from bulk_upload.models import BulkUpload
from bulk_upload.owners import User
from bulk_upload.undoing.created_on_the_way import model_created_by
from bulk_upload.undoing.request import UNDOABLE, CannotUndo, may_undo, obstacle, reach, request_undo, undone_by


class UndoPage(ScopedUploads):
    def undo_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Say what it would find (GET), then ask for it (POST)."""
        upload = self.visible_upload(request, task_id)
        if not may_undo(request.user, upload):
            raise PermissionDenied
        if request.method == "POST":
            return self._undo(request, upload)
        if why := obstacle(upload):
            return self.back_to(request, upload, why.sentence)
        found = reach(upload)
        context = self.page_context(request, title=_("Deshacer la carga"), upload=upload, reach=found)
        if found.on_the_way:
            context["on_the_way"] = created_title(upload)
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/undo.html", context)

    def _undo(self, request: HttpRequest, upload: BulkUpload) -> HttpResponse:
        try:
            undo = request_undo(upload, request.user)
        except CannotUndo as refusal:
            return self.back_to(request, upload, refusal.sentence)
        messages.success(request, _("Se pidió deshacer la carga."))
        return self.back_to(request, undo)


def created_title(upload: BulkUpload) -> str:
    """What the rows of the upload's sheet create on the way, in the plural."""
    model = model_created_by(target_of(upload.sheet_name))
    return str(model._meta.verbose_name_plural) if model else ""


def offers_undo(user: User, upload: BulkUpload) -> bool:
    """Whether the page of an upload that has ended has the button: what takes long to know, the next page says."""
    did_something = upload.operation in UNDOABLE and upload.creados + upload.actualizados > 0
    return did_something and not upload.changes_purged_at and may_undo(user, upload) and undone_by(upload) is None
