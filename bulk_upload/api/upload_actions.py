"""End an upload that is under way; let one that failed or was cancelled go on."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload import retries
from bulk_upload.api import access
from bulk_upload.api.schema import CHANGES_PURGED, ERRORS_PURGED, FILE_PURGED, NEWER_LIST, TASK, UNKNOWN, UPLOADS
from bulk_upload.api.upload import Accepted, accepted, accepted_example, answer_202
from bulk_upload.intake import cancel_upload, retry_upload
from bulk_upload.models import Status
from bulk_upload.workbooks.download_errors import NoFile
from medisupply.api.errors import Conflict
from medisupply.api.schema import ErrorCase, answer, operation
from medisupply.api.throttles import UploadThrottle
from medisupply.web import history

CANCELLED: Final = _("Carga cancelada: lo ya importado se conserva")
UNDO_CANCELLED: Final = _("Carga cancelada: lo ya deshecho queda así")
RETRIED: Final = _("Carga encolada de nuevo: continúa donde quedó")
ENDED: Final = ErrorCase(409, "already_ended", _("La carga ya terminó: no hay nada que cancelar."))
NOT_RETRYABLE: Final = ErrorCase(409, "not_retryable", _("Solo una carga fallida o cancelada puede reintentarse."))
SAME_FILE: Final = ErrorCase(409, "same_file_running", _("El mismo archivo ya se está importando en otra carga."))
UNDONE: Final = ErrorCase(409, "already_undone", retries.UNDONE)

# What is gone of the upload, if its file is kept longer than other parts of it, or of the one that it is based on.
PURGED: Final = [
    *(
        ErrorCase(gone.status, gone.code, f"{gone.sentence} Por eso no puede reintentarse: cargue el archivo otra vez.")
        for gone in (FILE_PURGED, ERRORS_PURGED, CHANGES_PURGED)
    ),
    ErrorCase(410, "plan_expired", retries.PLAN_GONE),
    ErrorCase(410, "undo_expired", retries.CHANGES_GONE),
]


class CancelView(APIView):
    @operation(
        "cancelar_carga",
        "Cancelar una carga",
        tag=UPLOADS,
        description="Lo ya importado se conserva.",
        parameters=[TASK],
        answers={202: answer(Accepted, "Cancelada.", accepted_example(CANCELLED, Status.CANCELLED))},
        errors=[403, UNKNOWN, ENDED],
    )
    def post(self, request: Request, task_id: str) -> Response:
        upload = access.changeable(request, task_id)
        if not cancel_upload(upload):
            raise Conflict(ENDED.sentence, code=ENDED.code)
        history.log_change(request.user, upload, history.message("cancelled"))
        return Response(accepted(upload, UNDO_CANCELLED if upload.is_undo else CANCELLED), status=202)


class RetryView(APIView):
    throttle_classes = [UploadThrottle]

    @operation(
        "reintentar_carga",
        "Reintentar una carga",
        tag=UPLOADS,
        description="Una carga fallida o cancelada continúa donde quedó.",
        parameters=[TASK],
        answers={202: answer(Accepted, "Encolada de nuevo.", accepted_example(RETRIED))},
        errors=[403, UNKNOWN, NOT_RETRYABLE, SAME_FILE, UNDONE, NEWER_LIST, *PURGED],
    )
    def post(self, request: Request, task_id: str) -> Response:
        upload = access.changeable(request, task_id)
        if not retry_upload(upload):
            upload.refresh_from_db()
            if obstacle := retries.no_retry(upload):
                raise NoFile(*obstacle)
            why = SAME_FILE if upload.status in (Status.FAILED, Status.CANCELLED) else NOT_RETRYABLE
            raise Conflict(why.sentence, code=why.code)
        history.log_change(request.user, upload, history.message("retried"))
        return answer_202(accepted(upload, RETRIED))
