"""Let an upload that failed or was cancelled go on."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload.api import access
from bulk_upload.api.schema import TASK, UNKNOWN, UPLOADS
from bulk_upload.api.upload import Accepted, accepted, accepted_example, answer_202
from bulk_upload.intake import retry_upload
from bulk_upload.models import Status
from medisupply.api.errors import Conflict
from medisupply.api.schema import ErrorCase, answer, operation
from medisupply.api.throttles import UploadThrottle
from medisupply.web import history

RETRIED: Final = gettext_noop("Carga encolada de nuevo: continúa donde quedó")
NOT_RETRYABLE: Final = ErrorCase(
    409, "not_retryable", gettext_noop("Solo una carga fallida o cancelada puede reintentarse.")
)
SAME_FILE: Final = ErrorCase(
    409, "same_file_running", gettext_noop("El mismo archivo ya se está importando en otra carga.")
)


class RetryView(APIView):
    throttle_classes = [UploadThrottle]

    @operation(
        "reintentar_carga",
        "Reintentar una carga",
        tag=UPLOADS,
        description="Una carga fallida o cancelada continúa donde quedó.",
        parameters=[TASK],
        answers={202: answer(Accepted, "Encolada de nuevo.", accepted_example(RETRIED))},
        errors=[403, UNKNOWN, NOT_RETRYABLE, SAME_FILE],
    )
    def post(self, request: Request, task_id: str) -> Response:
        upload = access.changeable(request, task_id)
        if not retry_upload(upload):
            upload.refresh_from_db()
            why = SAME_FILE if upload.status in (Status.FAILED, Status.CANCELLED) else NOT_RETRYABLE
            raise Conflict(_(why.sentence), code=why.code)
        history.log_change(request.user, upload, history.message("retried"))
        return answer_202(accepted(upload, _(RETRIED)))
