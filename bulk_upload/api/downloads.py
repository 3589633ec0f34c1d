"""Files that one takes away: the original, the rows to correct, the template.

`NoFile` is answered as `bulk_upload.api.refusals` says.
"""

from __future__ import annotations

from typing import Any, Final

from django.http.response import HttpResponseBase
from rest_framework.fields import BooleanField, CharField, ChoiceField, IntegerField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from bulk_upload.api import access, addresses, examples
from bulk_upload.api.schema import (
    ERRORS_PURGED,
    FILE_PURGED,
    GONE,
    HELP,
    SHEET,
    STORAGE,
    TASK,
    UNKNOWN,
    UNKNOWN_SHEET,
    UPLOADS,
    text_file,
    workbook,
)
from bulk_upload.models import FileState, PreparedFile
from bulk_upload.wording import text_of
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.prepared_files import progress_sentence
from medisupply.api.json import valid
from medisupply.api.rendering import Rendered
from medisupply.api.schema import JSON, ErrorCase, answer, operation
from medisupply.api.throttles import StatusThrottle, count_export

# Seconds after which a client may ask again whether a file is ready.
PREPARATION_SECONDS: Final = "2"


class TemplateParams(Serializer[dict[str, Any]]):
    ejemplo = BooleanField(default=False, help_text="Con «true», trae filas de ejemplo.")


class TemplateView(APIView):
    @operation(
        "plantilla",
        "Descargar la plantilla",
        tag=HELP,
        parameters=[TemplateParams, SHEET],
        answers=workbook("La plantilla de Excel."),
        errors=[UNKNOWN_SHEET],
    )
    def get(self, request: Request) -> HttpResponseBase:
        count_export(request)
        with_example = valid(TemplateParams, request.query_params)["ejemplo"]
        return downloads.template(access.requested_import(request), request.user, example=with_example).response()


class OriginalView(APIView):
    @operation(
        "archivo_original",
        "Descargar el archivo enviado",
        tag=UPLOADS,
        parameters=[TASK],
        answers={
            **workbook("El archivo, tal como llegó."),
            (200, "text/csv"): text_file("El archivo, tal como llegó."),
        },
        errors=[
            UNKNOWN,
            ErrorCase(409, "no_file", "Esta carga deshace otra: no tiene archivo."),
            GONE,
            FILE_PURGED,
            ErrorCase(422, "file_replaced", text_of("file_replaced", {}, "es")),
            STORAGE,
        ],
    )
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        upload = access.visible(request, task_id)
        count_export(request)
        return downloads.original(upload).response()


class PreparationProgress(Rendered):
    total = IntegerField(source="rows_total", help_text="Filas por corregir; 0 mientras no se sepa.")
    processed = IntegerField(source="rows_done", help_text="Filas que ya están en el archivo.")


# How far the worker is with a file that it makes of an upload.
class Preparation(Rendered):
    status = ChoiceField(source="state", choices=[FileState.PENDING.value, FileState.PROCESSING.value])
    message = CharField(help_text="Para personas, en el idioma pedido.")
    progress = PreparationProgress(source="*")

    @staticmethod
    def get_message(file: PreparedFile, language: str) -> str:
        return progress_sentence(file)


_EXAMPLE: Final = {
    **Preparation.render(
        PreparedFile(
            state=FileState.PROCESSING,
            rows_total=200_000,
            rows_done=12_000,
            created_at=examples.UPLOAD.created_at,  # else the default asks the database
            updated_at=examples.UPLOAD.updated_at,
        ),
        "es",
    ),
    "message": "Preparando las filas por corregir: 12.000 de 200.000.",
}


class CorrectionsView(APIView):
    """Asked for again and again until the file is ready: only sending it counts as an export."""

    throttle_classes = [StatusThrottle]

    @operation(
        "filas_por_corregir",
        "Descargar las filas rechazadas para corregirlas",
        tag=UPLOADS,
        description=(
            "Un libro de Excel con las filas rechazadas y qué les falta: corríjalo y envíelo como otra carga.\n\n"
            "La primera petición lo manda preparar y responde **202**; repítala cada `Retry-After` segundos hasta que "
            "responda **200** con el libro. Se prepara una sola vez, y otra cuando se hayan corregido filas. Tiene a "
            "lo sumo 200 MB: si no caben todas las filas, una hoja «Faltan filas» dice desde cuál faltan, y vienen en "
            "el siguiente, cuando las primeras se hayan corregido."
        ),
        parameters=[TASK],
        answers={
            **workbook("El libro por corregir."),
            (202, JSON): answer(Preparation, "Se está preparando.", _EXAMPLE),
        },
        errors=[
            UNKNOWN,
            ErrorCase(409, "not_finished", "La carga no ha terminado: espere a que termine."),
            ErrorCase(409, "nothing_to_correct", "La carga no tiene filas por corregir."),
            GONE,
            FILE_PURGED,
            ERRORS_PURGED,
            ErrorCase(422, "damaged_file", "El archivo está dañado o incompleto y no se puede leer."),
            STORAGE,
            ErrorCase(
                503, "not_prepared", "El archivo no se pudo preparar por una falla del sistema: intente más tarde."
            ),
        ],
    )
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        upload = access.visible(request, task_id)
        file = downloads.corrections(upload)
        if file.state == FileState.READY:
            count_export(request)
            if ready := downloads.prepared(file):
                return ready.response()
        if missing := downloads.why_missing(file):
            raise missing
        headers = {"Retry-After": PREPARATION_SECONDS, "Location": f"{addresses.UPLOADS}{upload.pk}/corrections"}
        return Response(Preparation.render(file), status=202, headers=headers)
