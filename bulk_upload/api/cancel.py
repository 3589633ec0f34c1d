"""End an upload that is under way."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload.api import access
from bulk_upload.api.schema import TASK, UNKNOWN, UPLOADS
from bulk_upload.api.upload import Accepted, accepted, accepted_example
from bulk_upload.intake import cancel_upload
from bulk_upload.models import Status
from medisupply.api.errors import Conflict
from medisupply.api.schema import ErrorCase, answer, operation
from medisupply.web import history

CANCELLED: Final = gettext_noop("Carga cancelada: lo ya importado se conserva")
ENDED: Final = ErrorCase(409, "already_ended", gettext_noop("La carga ya terminó: no hay nada que cancelar."))


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
            raise Conflict(_(ENDED.sentence), code=ENDED.code)
        history.log_change(request.user, upload, history.message("cancelled"))
        return Response(accepted(upload, _(CANCELLED)), status=202)
