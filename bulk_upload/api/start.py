"""Start a file that was looked at: from then on it is an ordinary upload."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework.exceptions import PermissionDenied
from rest_framework.fields import BooleanField, CharField, JSONField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from bulk_upload.api.preview import AWAY, BAD_MAPPING, seen
from bulk_upload.api.schema import TASK, UNKNOWN, UPLOADS
from bulk_upload.api.upload import RECEIVED, Accepted, accepted, accepted_example, answer_202
from bulk_upload.drafts import start
from bulk_upload.drafts.start import DraftGone, start_draft
from bulk_upload.imports import registry
from bulk_upload.mappings import by_name
from bulk_upload.mappings.remembered import remember
from bulk_upload.models import BulkUpload, Operation, UploadDraft
from bulk_upload.models.remembered_mapping import LONGEST_NAME
from bulk_upload.owners import may_act_for
from bulk_upload.previews.answers import look_at
from bulk_upload.receiving.mappings import mapping_of_json
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.workbooks.download_errors import NoFile
from medisupply.api.errors import Conflict
from medisupply.api.json import valid
from medisupply.api.schema import ErrorCase, answer, operation
from medisupply.api.throttles import UploadThrottle
from medisupply.web import history

ALREADY: Final = _("Este archivo ya se inició: es la misma tarea")
GONE: Final = ErrorCase(410, "draft_gone", start.GONE)
NOT_LOOKED_AT: Final = ErrorCase(
    409, "not_looked_at", _("Para recordar el mapping pida antes la vista previa (preview_url) con ese mapping.")
)
UNKNOWN_MAPPING: Final = ErrorCase(422, by_name.CODE, by_name.UNKNOWN, "mapping_name")
EXAMPLE: Final = {"mapping": {"columnas": {"Cód. Art.": "codigo", "Obs": None}}, "recordar": "Lista del ERP"}


class StartOptions(Serializer[dict[str, Any]]):
    mapping = JSONField(
        required=False, help_text="Qué columna del archivo llena cada columna, como al enviar el archivo."
    )
    mapping_name = CharField(required=False, max_length=LONGEST_NAME, help_text="El nombre de un mapping recordado.")
    recordar = CharField(
        required=False,
        max_length=LONGEST_NAME,
        help_text="Recordar el mapping con este nombre: los próximos archivos con los mismos encabezados lo usan.",
    )
    reemplazar_duplicados = BooleanField(required=False, help_text="Si falta, lo que se dijo al enviar el archivo.")
    solo_validar = BooleanField(required=False, help_text="Si falta, lo que se dijo al enviar el archivo.")


class StartView(APIView):
    throttle_classes = [UploadThrottle]

    @operation(
        "iniciar_carga",
        "Importar un archivo revisado",
        tag=UPLOADS,
        description="De un archivo enviado con `revisar`. Desde entonces es una carga como otra, con la misma "
        "tarea; repetir la petición devuelve esa tarea. Sin `mapping` ni `mapping_name` se usa el que se dijo al "
        "enviarlo, o el recordado para sus encabezados.",
        parameters=[TASK],
        request=StartOptions,
        examples=[OpenApiExample("Con un mapping", EXAMPLE, request_only=True)],
        answers={202: answer(Accepted, "Iniciada: pregunte por la tarea en status_url.", accepted_example(RECEIVED))},
        errors=[400, 403, UNKNOWN, NOT_LOOKED_AT, GONE, BAD_MAPPING, UNKNOWN_MAPPING, AWAY],
    )
    def post(self, request: Request, task_id: str) -> Response:
        draft = seen(request, task_id)
        if not may_act_for(request.user, draft):
            raise PermissionDenied
        if isinstance(draft, BulkUpload):
            return answer_202(accepted(draft, ALREADY))
        said = valid(StartOptions, request.data)
        mapping, name = _mapping(draft, said)
        if said.get("recordar"):
            name = _remember(request, draft, mapping, said["recordar"])
        options = {
            option: said.get(option, getattr(draft, option)) for option in ("reemplazar_duplicados", "solo_validar")
        }
        try:
            upload = start_draft(draft, request.user, mapping=mapping, mapping_name=name, **options)
        except DraftGone as gone:
            raise NoFile(GONE.code, str(gone)) from gone
        if upload.repeated:
            return answer_202(accepted(upload, ALREADY))
        action = "planned" if upload.operation == Operation.PLAN else "uploaded"
        history.log_addition(request.user, upload, history.message(action))
        return answer_202(accepted(upload, RECEIVED))


def _mapping(draft: UploadDraft, said: dict[str, Any]) -> tuple[SheetMapping, str]:
    """The mapping that was said, and its name where it is a remembered one."""
    sheet = registry.get(draft.sheet_name).sheet
    if said.get("mapping") is not None:
        return mapping_of_json(said["mapping"], sheet), ""
    if name := said.get("mapping_name"):
        return by_name.mapping_named(draft.proveedor_id, sheet, name), name
    return SheetMapping.of(draft.mapping or {}), ""


def _remember(request: Request, draft: UploadDraft, mapping: SheetMapping, name: str) -> str:
    answer = look_at(draft, mapping)
    if answer is None or answer.preview is None:
        raise Conflict(NOT_LOOKED_AT.sentence, code=NOT_LOOKED_AT.code)
    kept = remember(draft, answer.preview, mapping.wire(), request.user, name)
    return kept.name if kept else ""
