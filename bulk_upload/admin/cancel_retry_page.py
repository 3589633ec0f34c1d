"""Cancel an upload, or let it go on: the question first, then the deed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.intake import cancel_upload, retry_upload
from bulk_upload.models import BulkUpload, Status
from bulk_upload.owners import may_act_for
from bulk_upload.retries import NoRetry, no_retry
from medisupply.web import history


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
    # Why it cannot be done, although the state would allow it.
    impossible: Callable[[BulkUpload], NoRetry | None] = lambda upload: None


STEPS: Final = {
    "cancel": Step(
        cancel_upload,
        (Status.PENDING, Status.PROCESSING),
        _("Cancelar la carga"),
        _(
            "La importación se detiene. Las filas ya importadas se conservan; las demás quedan sin procesar. "
            "Después puede reintentar la carga y continuará donde quedó."
        ),
        _("Sí, cancelar la carga"),
        _("La carga se canceló: lo ya importado se conserva."),
        _("La carga ya terminó: no hay nada que cancelar."),
        logged_as="cancelled",
    ),
    "retry": Step(
        retry_upload,
        (Status.FAILED, Status.CANCELLED),
        _("Reintentar la carga"),
        _("La carga vuelve a la cola y continúa donde quedó: ninguna fila se importa dos veces."),
        _("Sí, reintentar la carga"),
        _("La carga está de nuevo en la cola."),
        _("Solo una carga fallida o cancelada puede reintentarse."),
        logged_as="retried",
        impossible=no_retry,
    ),
}


# Of an undo.
UNDO_STEPS: Final = {
    "cancel": replace(
        STEPS["cancel"],
        question=_(
            "Se deja de deshacer. Lo ya deshecho queda así; lo demás queda como está. Después puede reintentar y se "
            "sigue donde quedó."
        ),
        done=_("Se dejó de deshacer la carga: lo ya deshecho queda así."),
    ),
    "retry": replace(STEPS["retry"], question=_("Vuelve a la cola y se sigue deshaciendo donde quedó.")),
}


class CancelRetryPage(ScopedUploads):
    def step_view(self, request: HttpRequest, task_id: uuid.UUID, name: str) -> HttpResponse:
        """Ask first (GET), then do it (POST)."""
        upload = self.visible_upload(request, task_id)
        if not may_act_for(request.user, upload):
            raise PermissionDenied
        step = (UNDO_STEPS if upload.is_undo else STEPS)[name]
        impossible = step.impossible(upload)
        if request.method == "POST" or impossible or upload.status not in step.allowed:
            if request.method == "POST" and not impossible and step.run(upload):
                self.log_change(request, upload, history.message(step.logged_as))
                messages.success(request, step.done)
            else:
                messages.warning(request, impossible.sentence if impossible else step.too_late)
            return self.back_to(request, upload)
        context = self.page_context(request, title=step.title, upload=upload, step=step)
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/confirm.html", context)
