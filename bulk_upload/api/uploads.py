"""Send a catalogue; cancel it, or let it go on."""

from __future__ import annotations

from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload import repeats, serializers
from bulk_upload.api import access, docs
from bulk_upload.api.reception import StrictMultiPartParser, check_length, uploaded_file
from bulk_upload.intake import accept_upload, cancel_upload, retry_upload
from bulk_upload.models import BulkUpload, Status
from medisupply import history
from medisupply.errors import Conflict
from medisupply.throttles import UploadThrottle

# Seconds after which a client should ask again.
POLL_SECONDS: Final = "1"


class UploadView(APIView):
    """Where catalogues are sent to."""

    parser_classes = [StrictMultiPartParser, FormParser]
    throttle_classes = [UploadThrottle]

    @docs.UPLOAD
    def post(self, request: Request) -> Response:
        check_length(request)
        form = request.data.dict() if isinstance(request.data, QueryDict) else {}
        options = serializers.UploadOptions(data={**form, **request.query_params.dict()})
        options.is_valid(raise_exception=True)
        upload = accept_upload(
            file=uploaded_file(request),
            supplier=access.supplier_for(request, options.validated_data.get("proveedor_id")),
            user=request.user,
            reemplazar_duplicados=options.validated_data["reemplazar_duplicados"],
            idempotency_key=_idempotency_key(request),
        )
        return _accepted(upload)


class CancelView(APIView):
    @docs.CANCEL
    def post(self, request: Request, task_id: str) -> Response:
        upload = access.changeable(request, task_id)
        if not cancel_upload(upload):
            raise Conflict(_("La carga ya terminó: no hay nada que cancelar."), code="already_ended")
        history.log_change(request.user, upload, history.message("cancelled"))
        body = serializers.accepted(upload, _("Carga cancelada: lo ya importado se conserva"))
        return Response(body, status=status.HTTP_202_ACCEPTED)


class RetryView(APIView):
    throttle_classes = [UploadThrottle]

    @docs.RETRY
    def post(self, request: Request, task_id: str) -> Response:
        upload = access.changeable(request, task_id)
        if not retry_upload(upload):
            upload.refresh_from_db()
            if upload.status in (Status.FAILED, Status.CANCELLED):
                raise Conflict(_("El mismo archivo ya se está importando en otra carga."), code="same_file_running")
            raise Conflict(_("Solo una carga fallida o cancelada puede reintentarse."), code="not_retryable")
        history.log_change(request.user, upload, history.message("retried"))
        body = serializers.accepted(upload, _("Carga encolada de nuevo: continúa donde quedó"))
        return _answer(body)


def _accepted(upload: BulkUpload) -> Response:
    """The 202. A client that repeats its key gets the first answer again; who repeats a file, the same task."""
    if not upload.repeated:
        return _answer(serializers.accepted(upload, _("Archivo recibido y encolado para procesamiento")))
    if upload.idempotency_key:
        body = serializers.accepted(upload, _("Archivo recibido y encolado para procesamiento"), Status.PENDING)
    else:
        body = serializers.accepted(upload, _("Este mismo archivo ya se está importando: es la misma tarea"))
    response = _answer(body)
    response["Idempotency-Replayed"] = "true"
    return response


def _answer(body: dict[str, Any]) -> Response:
    headers = {"Location": body["status_url"], "Retry-After": POLL_SECONDS}
    return Response(body, status=status.HTTP_202_ACCEPTED, headers=headers)


def _idempotency_key(request: Request) -> str:
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return ""
    key = repeats.clean_key(header)
    if key is None:
        message = _("Idempotency-Key admite de 1 a 255 caracteres ASCII visibles, sin espacios.")
        raise ValidationError({"Idempotency-Key": [message]}, code="invalid_key")
    return key
