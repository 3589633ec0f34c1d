"""Send a sheet; cancel its upload, or let it go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload import idempotency
from bulk_upload.api import access, examples, serializers
from bulk_upload.api.multipart_body import StrictMultiPartParser, check_length, uploaded_file
from bulk_upload.api.operations import AWAY, SUPPLIER, TASK, UNKNOWN, UPLOADS
from bulk_upload.imports import registry
from bulk_upload.intake import accept_upload, cancel_upload, retry_upload
from bulk_upload.models import BulkUpload, Status
from bulk_upload.wording import text_of
from medisupply.api.errors import Conflict
from medisupply.api.schema import Describe, answer, header, operation, query
from medisupply.api.throttles import UploadThrottle
from medisupply.web import history

# Seconds after which a client should ask again.
POLL_SECONDS: Final = "1"
RECEIVED: Final = "Archivo recibido y encolado para procesamiento"


class UploadView(APIView):
    """Where files are sent to: ``UploadView.as_view(sheet_name="productos")``.

    The schema names the operation after the sheet, unless generated clients know another `operation_id` and `summary`.
    """

    sheet_name = operation_id = summary = ""
    parser_classes = [StrictMultiPartParser, FormParser]
    throttle_classes = [UploadThrottle]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        described: Any = type(cls.__name__, (cls,), initkwargs)
        extend_schema_view(post=_sending(described))(described)
        return super(UploadView, described).as_view(**initkwargs)

    def post(self, request: Request) -> Response:
        check_length(request)
        form = request.data.dict() if isinstance(request.data, QueryDict) else {}
        options = serializers.UploadOptions(data={**form, **request.query_params.dict()})
        options.is_valid(raise_exception=True)
        declared = registry.get(self.sheet_name)
        upload = accept_upload(
            file=uploaded_file(request),
            sheet=declared.sheet,
            owner=access.owner_for(request, declared, options.validated_data.get("proveedor_id")),
            user=request.user,
            reemplazar_duplicados=options.validated_data["reemplazar_duplicados"],
            idempotency_key=_idempotency_key(request),
        )
        return _accepted(upload)


class CancelView(APIView):
    @operation(
        "cancelar_carga",
        "Cancelar una carga",
        tag=UPLOADS,
        description="Lo ya importado se conserva.",
        parameters=[TASK],
        answers={
            202: answer(
                serializers.Accepted,
                "Cancelada.",
                examples.accepted("Carga cancelada: lo ya importado se conserva", Status.CANCELLED),
            )
        },
        failures=[403, 404, 409],
        codes={404: UNKNOWN, 409: [("already_ended", "La carga ya terminó: no hay nada que cancelar.")]},
    )
    def post(self, request: Request, task_id: str) -> Response:
        upload = access.changeable(request, task_id)
        if not cancel_upload(upload):
            raise Conflict(_("La carga ya terminó: no hay nada que cancelar."), code="already_ended")
        history.log_change(request.user, upload, history.message("cancelled"))
        body = serializers.accepted(upload, _("Carga cancelada: lo ya importado se conserva"))
        return Response(body, status=status.HTTP_202_ACCEPTED)


class RetryView(APIView):
    throttle_classes = [UploadThrottle]

    @operation(
        "reintentar_carga",
        "Reintentar una carga",
        tag=UPLOADS,
        description="Una carga fallida o cancelada continúa donde quedó.",
        parameters=[TASK],
        answers={
            202: answer(
                serializers.Accepted,
                "Encolada de nuevo.",
                examples.accepted("Carga encolada de nuevo: continúa donde quedó"),
            )
        },
        failures=[403, 404, 409],
        codes={
            404: UNKNOWN,
            409: [
                ("not_retryable", "Solo una carga fallida o cancelada puede reintentarse."),
                ("same_file_running", "El mismo archivo ya se está importando en otra carga."),
            ],
        },
    )
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


def _sending(view: type[UploadView]) -> Describe:
    """The operation that takes files of the view's sheet."""
    declared = registry.get(view.sheet_name)
    sheet, owned = declared.sheet, declared.is_owned
    title = sheet.title.es[:1].lower() + sheet.title.es[1:]
    supplier = {"proveedor_id": {"type": "string", "maxLength": 32}} if owned else {}
    form = {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "description": "El archivo .xlsx o .csv, uno solo."},
            **supplier,
            "reemplazar_duplicados": {"type": "boolean", "default": False},
        },
        "required": ["file"],
    }
    changes = {"filename": f"{sheet.name}.xlsx", **({} if owned else {"proveedor_id": None})}
    return operation(
        view.operation_id or f"enviar_{sheet.name}",
        view.summary or f"Enviar {title}",
        tag=UPLOADS,
        description=(
            "Recibe el archivo, responde de inmediato con la tarea y lo importa después. Las filas buenas se importan "
            "aunque otras tengan errores.\n\n"
            "Con `Idempotency-Key`, repetir la petición devuelve la primera respuesta; sin ella, el mismo archivo con "
            "las mismas opciones es la misma tarea mientras no termine."
        ),
        parameters=[
            *([SUPPLIER] if owned else []),
            query(
                "reemplazar_duplicados",
                "Con «true», lo que ya existe se actualiza; si no, esas filas se rechazan.",
                bool,
            ),
            header("Idempotency-Key", "Nombre único de esta petición, de 1 a 255 caracteres; por ejemplo un UUID."),
        ],
        request={"multipart/form-data": form},
        examples=[
            OpenApiExample("Un archivo", {"file": "(contenido)"}, request_only=True, media_type="multipart/form-data")
        ],
        answers={
            202: answer(
                serializers.Accepted,
                "Recibido: pregunte por la tarea en status_url.",
                examples.accepted(RECEIVED) | changes,
            )
        },
        failures=[400, 403, 408, 411, 413, 415, 422],
        codes=_refusals(owned=owned),
    )


def _refusals(*, owned: bool) -> dict[int, Sequence[tuple[str, ...]]]:
    """What a file may be refused for, by status: codes, sentences and fields. `owned` sheets are a supplier's."""
    return {
        400: [
            ("file_required", "Falta el archivo: envíelo en el campo «file».", "file"),
            ("too_many_files", "Envíe un solo archivo por petición; llegaron 2.", "file"),
            ("bad_filename", "El nombre del archivo no se admite: cámbielo y envíelo otra vez.", "file"),
            *([("unknown_supplier", "El proveedor «PROV999» no existe.")] if owned else []),
        ],
        **({403: [("permission_denied", "No puede actuar por el proveedor «PROV002».")]} if owned else {}),
        415: [
            (
                "unsupported_format",
                "Se admiten archivos .xlsx y .csv; «precios.pdf» no lo es: guárdelo como .xlsx.",
            ),
            ("content_mismatch", "El contenido no es texto CSV: guárdelo como «CSV UTF-8» y súbalo otra vez."),
            ("encrypted_file", text_of("encrypted_file", {}, "es")),
            (
                "unsupported_encoding",
                "El cuerpo llegó comprimido (Content-Encoding: gzip): envíelo sin comprimir.",
                "Content-Encoding",
            ),
        ],
        422: [
            (
                "idempotency_key_reused",
                "Esta Idempotency-Key ya se usó con otro archivo u otras opciones: use una clave nueva.",
                "Idempotency-Key",
            )
        ],
        503: AWAY,
    }


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
    key = idempotency.clean_key(header)
    if key is None:
        message = _("Idempotency-Key admite de 1 a 255 caracteres ASCII visibles, sin espacios.")
        raise ValidationError({"Idempotency-Key": [message]}, code="invalid_key")
    return key
