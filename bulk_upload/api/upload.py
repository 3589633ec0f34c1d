"""Send a sheet: the one answer to every file that is accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from drf_spectacular.utils import OpenApiExample, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.fields import BooleanField, CharField, ChoiceField, UUIDField
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from bulk_upload import idempotency, snapshots
from bulk_upload.api import access, examples
from bulk_upload.api.draft_received import received
from bulk_upload.api.multipart_body import StrictMultiPartParser, uploaded_file
from bulk_upload.api.schema import NEWER_LIST, STORAGE, UPLOADS, SupplierChoice
from bulk_upload.api.status import POLL_SECONDS, SUPPLIER_HELP, status_address
from bulk_upload.drafts.accept import accept_draft
from bulk_upload.imports import registry
from bulk_upload.intake import accept_upload
from bulk_upload.mappings import by_name
from bulk_upload.mappings.by_name import mapping_named
from bulk_upload.models import BulkUpload, Status
from bulk_upload.models.remembered_mapping import LONGEST_NAME
from bulk_upload.receiving.mappings import mapping_of_text
from bulk_upload.receiving.upload_size import check_length
from bulk_upload.wording import text_of
from medisupply.api.json import valid
from medisupply.api.rendering import Rendered
from medisupply.api.schema import Describe, ErrorCase, answer, header, operation
from medisupply.api.throttles import UploadThrottle

RECEIVED: Final = _("Archivo recibido y encolado para procesamiento")


class OptionsOfAll(Serializer[dict[str, Any]]):
    reemplazar_duplicados = BooleanField(
        default=False, help_text="Con «true», lo que ya existe se actualiza; si no, esas filas se rechazan."
    )
    solo_validar = BooleanField(
        default=False, help_text="Con «true», no se importa nada: la carga es un plan, que dice qué cambiaría."
    )
    mapping_name = CharField(
        default="", allow_blank=True, max_length=LONGEST_NAME, help_text="El nombre de una correspondencia recordada."
    )
    revisar = BooleanField(
        default=False, help_text="Con «true», el archivo espera: primero se mira cómo se entiende, y se inicia después."
    )


class UploadOptions(OptionsOfAll, SupplierChoice):
    """The options of an upload, from the query or the form. Only sheets of suppliers have a supplier."""


class SentOptions(UploadOptions):
    """The options of a form, in which there is room for a mapping."""

    mapping = CharField(default="", allow_blank=True)


class Accepted(Rendered):
    message = CharField()
    task_id = UUIDField(help_text="La tarea: consérvela para preguntar por la carga.")
    status = ChoiceField(choices=Status.choices)
    status_url = CharField(help_text="Dirección (relativa) del estado de la tarea.")
    filename = CharField()
    proveedor_id = CharField(allow_null=True, help_text=SUPPLIER_HELP)

    get_status_url = staticmethod(status_address)


def accepted(upload: BulkUpload, message: str | StrPromise, state: str = "") -> dict[str, Any]:
    """The 202's JSON; `state` replaces the upload's present status."""
    return Accepted.render({**snapshots.head(upload), "message": message, "status": state or upload.status})


def accepted_example(message: StrPromise, status: Status = Status.PENDING) -> dict[str, Any]:
    return accepted(examples.UPLOAD, message, status)


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
        check_length(request.META)
        form = request.data.dict() if isinstance(request.data, QueryDict) else {}
        options = valid(SentOptions, {**form, **request.query_params.dict()})
        declared = registry.get(self.sheet_name)
        sheet = declared.sheet
        mapping = mapping_of_text(options["mapping"], sheet)
        owner = access.owner_for(request, declared, options.get("proveedor_id"))
        if name := options["mapping_name"]:
            mapping = mapping_named(None if owner is None else owner.pk, sheet, name)
        sent: dict[str, Any] = {
            "file": uploaded_file(request),
            "sheet": sheet,
            "owner": owner,
            "user": request.user,
            "reemplazar_duplicados": options["reemplazar_duplicados"],
            "solo_validar": options["solo_validar"],
            "idempotency_key": _idempotency_key(request),
        }
        if options["revisar"]:
            return received(accept_draft(**sent, mapping=mapping.wire() or None))
        return _accepted(accept_upload(**sent, mapping=mapping, mapping_name=name))


_UNKNOWN_TARGET: Final = {"destino": "precio", "columnas": "id, nombre, codigo"}
_REFUSALS: Final = [
    replace(NEWER_LIST, field="Idempotency-Key"),
    ErrorCase(400, "file_required", "Falta el archivo: envíelo en el campo «file».", "file"),
    ErrorCase(400, "too_many_files", "Envíe un solo archivo por petición; llegaron 2.", "file"),
    ErrorCase(400, "bad_filename", "El nombre del archivo no se admite: cámbielo y envíelo otra vez.", "file"),
    ErrorCase(
        415,
        "unsupported_format",
        "Se admiten archivos .xlsx, .xls, .xlsb, .ods, .csv y .zip; «precios.pdf» no lo es: guárdelo como .xlsx.",
        "file",
    ),
    ErrorCase(
        415,
        "content_mismatch",
        "El contenido no es texto CSV: guárdelo como «CSV UTF-8» y súbalo otra vez.",
        "file",
    ),
    ErrorCase(415, "encrypted_file", text_of("encrypted_file", {}, "es"), "file"),
    ErrorCase(
        415,
        "unsupported_encoding",
        "El cuerpo llegó comprimido (Content-Encoding: gzip): envíelo sin comprimir.",
        "Content-Encoding",
    ),
    ErrorCase(
        422,
        "idempotency_key_reused",
        "Esta Idempotency-Key ya se usó con otro archivo u otras opciones: use una clave nueva.",
        "Idempotency-Key",
    ),
    ErrorCase(422, by_name.CODE, by_name.UNKNOWN, "mapping_name"),
    ErrorCase(422, "mapping_unknown_target", text_of("mapping_unknown_target", _UNKNOWN_TARGET, "es"), "mapping"),
]
_REFUSALS_OF_OWNED: Final = [
    ErrorCase(400, "unknown_supplier", "El proveedor «PROV999» no existe.", "proveedor_id"),
    ErrorCase(403, "permission_denied", "No puede actuar por el proveedor «PROV002»."),
]


_MAPPING: Final = {
    "type": "string",
    "description": (
        "La correspondencia de columnas, como objeto JSON con todas las claves opcionales: `hoja`, `fila_encabezado`, "
        "`columnas` (encabezado o letra de una columna del archivo → columna de la hoja, o null para no leerla), "
        "`constantes` (columna de la hoja → valor para todas las filas), `orden_fecha` (dma, mda o amd) y `decimal` "
        "(coma o punto). Lo que no se nombra se reconoce por su encabezado."
    ),
    "example": '{"columnas": {"Cód. Art.": "codigo", "Obs": null}, "decimal": {"precio_unitario": ","}}',
}


def _sending(view: type[UploadView]) -> Describe:
    """The operation that takes files of the view's sheet."""
    declared = registry.get(view.sheet_name)
    sheet, owned = declared.sheet, declared.is_owned
    title = sheet.title.es[:1].lower() + sheet.title.es[1:]
    supplier = {"proveedor_id": {"type": "string", "maxLength": 32}} if owned else {}
    form = {
        "type": "object",
        "properties": {
            "file": {
                "type": "string",
                "format": "binary",
                "description": "El archivo, uno solo: .xlsx, .xls, .xlsb, .ods, .csv, o .zip con uno de ellos.",
            },
            **supplier,
            "reemplazar_duplicados": {"type": "boolean", "default": False},
            "solo_validar": {"type": "boolean", "default": False},
            "revisar": {"type": "boolean", "default": False},
            "mapping": _MAPPING,
            "mapping_name": {"type": "string", "maxLength": LONGEST_NAME},
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
            "las mismas opciones es la misma tarea mientras no termine.\n\n"
            "Con `solo_validar` no se importa nada: cuando termine, `bulk-upload/{task_id}/plan` dice qué cambiaría "
            "cada fila, y `bulk-upload/{task_id}/apply` hace exactamente eso.\n\n"
            "Con `revisar` el archivo se guarda y no se encola: `preview_url` dice cómo se entiende cada columna, y "
            "`start_url` lo importa."
        ),
        parameters=[
            UploadOptions if owned else OptionsOfAll,
            header("Idempotency-Key", "Nombre único de esta petición, de 1 a 255 caracteres; por ejemplo un UUID."),
        ],
        request={"multipart/form-data": form},
        examples=[
            OpenApiExample("Un archivo", {"file": "(contenido)"}, request_only=True, media_type="multipart/form-data")
        ],
        answers={
            202: answer(
                Accepted, "Recibido: pregunte por la tarea en status_url.", accepted_example(RECEIVED) | changes
            )
        },
        errors=[408, 411, 413, *_REFUSALS, *(_REFUSALS_OF_OWNED if owned else [403]), STORAGE],
    )


def _accepted(upload: BulkUpload) -> Response:
    """The 202. A client that repeats its key gets the first answer again; who repeats a file, the same task."""
    if not upload.repeated:
        return answer_202(accepted(upload, RECEIVED))
    if upload.idempotency_key:
        body = accepted(upload, RECEIVED, Status.PENDING)
    else:
        body = accepted(upload, _("Este mismo archivo ya se está importando: es la misma tarea"))
    response = answer_202(body)
    response["Idempotency-Replayed"] = "true"
    return response


def answer_202(body: dict[str, Any]) -> Response:
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
