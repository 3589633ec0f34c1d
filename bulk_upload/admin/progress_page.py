"""The page of one upload: its progress while it runs, what came of it afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload import purged, snapshots
from bulk_upload.admin.header_report import header_report
from bulk_upload.admin.next_step import mend_address, next_step
from bulk_upload.admin.plan_page import PlanPage
from bulk_upload.admin.progress_texts import texts_of
from bulk_upload.admin.result_page import Chosen, Result
from bulk_upload.admin.sheets import list_address
from bulk_upload.admin.undo_page import created_title, offers_undo
from bulk_upload.api import addresses
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, Operation, Part, Status
from bulk_upload.owners import may_act_for
from bulk_upload.undoing.request import undone_by
from bulk_upload.wording import text_of
from medisupply.backends.database import database_now

# Seconds after which the page reloads itself where no script runs.
REFRESH_SECONDS: Final = 3


class WatchPage(PlanPage):
    """Shows an upload at the address of the admin's "change" page."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        upload = self.visible_upload(request, object_id)
        if upload.operation == Operation.PLAN and upload.status == Status.COMPLETED:
            return self.plan_page(request, upload)
        show = self._show_result if upload.is_final else self._show_progress
        return show(request, upload)

    def _show_progress(self, request: HttpRequest, upload: BulkUpload) -> HttpResponse:
        context = self._context(request, upload) | {
            "counts": snapshots.head(upload)["counts"],
            "ahead": BulkUpload.objects.accepted_before(upload).count() if upload.status == Status.PENDING else 0,
            "refresh": REFRESH_SECONDS,
            "stalled": _stalled(upload),
            "config": {
                "status": f"{addresses.STATUS}{upload.pk}",
                "lease": settings.BULK_UPLOAD_LEASE_SECONDS,
                "takeover": _takeover_seconds(),
                "timeZone": settings.TIME_ZONE,
                "texts": texts_of(upload),
            },
        }
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/progress.html", context)

    def _show_result(self, request: HttpRequest, upload: BulkUpload) -> HttpResponse:
        language = get_language() or settings.LANGUAGE_CODE
        acts = may_act_for(request.user, upload)
        result = Result(upload, language, Chosen.of(request.GET))
        context = self._context(request, upload) | {
            "result": result,
            "failure": text_of(upload.error_code, upload.error_params, language) if upload.error_code else "",
            "file_purged": None if upload.is_undo else purged.part_of(upload, Part.FILE),
            "undone_by": undone_by(upload),
            "can_undo": offers_undo(request.user, upload),
            "restored": upload.actualizados - upload.eliminados,
            "on_the_way": created_title(upload),
            "errors_purged": purged.part_of(upload, Part.ERRORS),
            "step": next_step(upload, result, acts=acts),
            "mend_address": mend_address(upload) if acts and result.rows_to_correct else "",
            "headers": header_report(upload),
            "corrections": upload.corrections.defer("productos_creados", "productos_actualizados")[:20],
            "original": upload.corrects,
            "large_column": registry.get(upload.sheet_name).large_change,
            "large_factor": number_format(settings.BULK_UPLOAD_LARGE_PRICE_CHANGE),
            "rows_address": list_address(self.admin_site, request, registry.get(upload.sheet_name).model),
        }
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/result.html", context)

    def _context(self, request: HttpRequest, upload: BulkUpload) -> dict[str, Any]:
        acts = may_act_for(request.user, upload)
        return self.page_context(
            request,
            title=(_("Deshacer la carga de «%(filename)s»") if upload.is_undo else _("Carga de «%(filename)s»"))
            % {"filename": upload.filename},
            upload=upload,
            original_name=upload.filename,
            may_upload=self.has_add_permission(request),
            can_cancel=acts and not upload.is_final,
        )


def _stalled(upload: BulkUpload) -> dict[str, Any] | None:
    """Since when the worker is silent and by when another one takes over, once it has been silent for too long."""
    silent_since = upload.updated_at
    if upload.status != Status.PROCESSING or database_now() - silent_since < timedelta(
        seconds=settings.BULK_UPLOAD_LEASE_SECONDS
    ):
        return None
    return {"since": silent_since, "until": silent_since + timedelta(seconds=_takeover_seconds())}


def _takeover_seconds() -> int:
    """Seconds after which another worker has taken over a silent worker's upload: its lease, and some grace."""
    return int(settings.BULK_UPLOAD_LEASE_SECONDS + settings.BULK_UPLOAD_SWEEP_SECONDS)
