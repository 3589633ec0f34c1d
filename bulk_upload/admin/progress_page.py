"""The page of one upload: its progress while it runs, what came of it afterwards; cancel and retry."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_stubs_ext import StrPromise

from bulk_upload import snapshots
from bulk_upload.admin.header_report import header_report
from bulk_upload.admin.next_step import next_step
from bulk_upload.admin.progress_texts import progress_texts
from bulk_upload.admin.result_page import Chosen, Result
from bulk_upload.admin.sheets import list_address
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.api import addresses
from bulk_upload.imports import registry
from bulk_upload.intake import cancel_upload, retry_upload
from bulk_upload.models import BulkUpload, Status
from bulk_upload.wording import text_of
from medisupply.backends.database import database_now
from medisupply.web import history

# Seconds after which the page reloads itself where no script runs.
REFRESH_SECONDS: Final = 3


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a person may do with an upload, after saying yes."""

    run: Callable[[BulkUpload], bool]
    allowed: tuple[Status, ...]
    title: StrPromise
    question: StrPromise
    button: StrPromise
    done: StrPromise
    too_late: StrPromise
    logged_as: str


STEPS: Final = {
    "cancel": Step(
        cancel_upload,
        (Status.PENDING, Status.PROCESSING),
        gettext_lazy("Cancelar la carga"),
        gettext_lazy(
            "La importación se detiene. Las filas ya importadas se conservan; las demás quedan sin procesar. "
            "Después puede reintentar la carga y continuará donde quedó."
        ),
        gettext_lazy("Sí, cancelar la carga"),
        gettext_lazy("La carga se canceló: lo ya importado se conserva."),
        gettext_lazy("La carga ya terminó: no hay nada que cancelar."),
        logged_as="cancelled",
    ),
    "retry": Step(
        retry_upload,
        (Status.FAILED, Status.CANCELLED),
        gettext_lazy("Reintentar la carga"),
        gettext_lazy("La carga vuelve a la cola y continúa donde quedó: ninguna fila se importa dos veces."),
        gettext_lazy("Sí, reintentar la carga"),
        gettext_lazy("La carga está de nuevo en la cola."),
        gettext_lazy("Solo una carga fallida o cancelada puede reintentarse."),
        logged_as="retried",
    ),
}


class WatchPage(ScopedUploads):
    """Shows an upload at the address of the admin's "change" page."""

    def get_urls(self) -> list[URLPattern]:
        steps = [
            path(
                f"<uuid:task_id>/{name}/",
                self.admin_site.admin_view(self.step_view),
                {"name": name},
                name=f"bulk_upload_bulkupload_{name}",
            )
            for name in STEPS
        ]
        return [*steps, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        upload = self.visible_upload(request, object_id)
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
                "texts": progress_texts(),
            },
        }
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/progress.html", context)

    def _show_result(self, request: HttpRequest, upload: BulkUpload) -> HttpResponse:
        language = get_language() or settings.LANGUAGE_CODE
        acts = self.may_act_for(request, upload)
        result = Result(upload, language, Chosen.of(request.GET))
        context = self._context(request, upload) | {
            "result": result,
            "failure": text_of(upload.error_code, upload.error_params, language) if upload.error_code else "",
            "step": next_step(upload, result, acts=acts),
            "headers": header_report(upload),
            "corrections": upload.corrections.defer("productos_creados", "productos_actualizados")[:20],
            "original": upload.corrects,
            "large_column": registry.get(upload.sheet_name).large_change,
            "large_factor": number_format(settings.BULK_UPLOAD_LARGE_PRICE_CHANGE),
            "rows_address": list_address(self.admin_site, request, registry.get(upload.sheet_name).model),
        }
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/result.html", context)

    def step_view(self, request: HttpRequest, task_id: uuid.UUID, name: str) -> HttpResponse:
        """Ask first (GET), then do it (POST)."""
        upload = self.visible_upload(request, task_id)
        if not self.may_act_for(request, upload):
            raise PermissionDenied
        step = STEPS[name]
        if request.method == "POST" or upload.status not in step.allowed:
            if request.method == "POST" and step.run(upload):
                self.log_change(request, upload, history.message(step.logged_as))
                messages.success(request, step.done)
            else:
                messages.warning(request, step.too_late)
            return self.back_to(request, upload)
        context = self._context(request, upload) | {"step": step, "title": step.title}
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/confirm.html", context)

    def _context(self, request: HttpRequest, upload: BulkUpload) -> dict[str, Any]:
        acts = self.may_act_for(request, upload)
        return self.page_context(
            request,
            title=_("Carga de «%(filename)s»") % {"filename": upload.filename},
            upload=upload,
            original_name=upload.filename,
            may_upload=self.has_add_permission(request),
            can_cancel=acts and upload.status in STEPS["cancel"].allowed,
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
