"""The operators' page: workers, queue, the day's uploads, the slow and the failing ones, rows per minute."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bulk_upload import operations
from bulk_upload.admin.rows_plot import rows_plot
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.consuming.workload import oldest_waiting_seconds
from bulk_upload.models import Status
from bulk_upload.owners import ADD_UPLOADS
from bulk_upload.redrive import redrive
from medisupply.backends.database import database_now

OPERATE: Final = "bulk_upload.operate_bulkupload"


class OperationsPage(ScopedUploads):
    def operations_view(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_view_permission(request) and may_operate(request)):
            raise PermissionDenied
        visible = self.get_queryset(request).select_related("proveedor")
        now, day, workers = database_now(), operations.today(visible), operations.workers(visible)
        context = self.page_context(
            request,
            title=_("Operación"),
            now=now,
            workers=workers,
            alive=sum(worker.is_alive for worker in workers),
            queue=operations.queue_figures(),
            day=day,
            states=[(status.label, day.uploads[status]) for status in Status],
            waiting_seconds=oldest_waiting_seconds(),
            slowest=operations.slowest(visible),
            failing=operations.failing(visible),
            plot=rows_plot(operations.rows_per_minute(visible), now),
            may_redrive=request.user.has_perm(ADD_UPLOADS),
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/operations.html", context)

    def redrive_view(self, request: HttpRequest) -> HttpResponse:
        """Ask first (GET), then retry what failed after all its attempts (POST)."""
        if not (self.has_view_permission(request) and may_operate(request) and request.user.has_perm(ADD_UPLOADS)):
            raise PermissionDenied
        if request.method != "POST":
            context = self.page_context(request, title=_("Traer de vuelta lo que falló"))
            return TemplateResponse(request, "admin/bulk_upload/bulkupload/redrive.html", context)
        done = redrive(self.get_queryset(request))
        count = len(done.retried)
        messages.success(
            request,
            ngettext("%(count)s carga se reintenta.", "%(count)s cargas se reintentan.", count) % {"count": count},
        )
        for upload, why in list(done.refused.items())[: operations.LISTED]:
            said = _("No se reintenta «%(filename)s»: %(reason)s")
            messages.warning(request, said % {"filename": upload.filename, "reason": why.sentence})
        if (more := len(done.refused) - operations.LISTED) > 0:
            messages.warning(request, _("Otras que no se reintentan: %(count)s.") % {"count": more})
        if done.removed is None:
            messages.warning(request, _("SQS no responde: los mensajes muertos se quedan. Repita cuando vuelva."))
        return HttpResponseRedirect(reverse("admin:bulk_upload_bulkupload_operations"))


def may_operate(request: HttpRequest) -> bool:
    return request.user.has_perm(OPERATE)
