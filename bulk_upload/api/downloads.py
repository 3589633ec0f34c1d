"""Files that one takes away: the original, the rows to correct, the errors, the template.

`NoFile` is answered as `bulk_upload.api.refusals` says.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BooleanField, Serializer
from rest_framework.views import APIView

from bulk_upload.api import access, examples
from bulk_upload.api.operations import AWAY, HELP, SHEET, TASK, UNKNOWN, UNKNOWN_SHEET, UPLOADS, text_file, workbook
from bulk_upload.api.serializers import UPLOADS_PATH, Preparation
from bulk_upload.models import BulkUpload, FileState, RowError
from bulk_upload.wording import text_of
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.row_errors import ExportFormat
from medisupply.api.schema import JSON, answer, operation, query
from medisupply.api.throttles import StatusThrottle, count_export

# Seconds after which a client may ask again whether a file is ready.
PREPARATION_SECONDS: Final = "2"


class TemplateParams(Serializer[dict[str, Any]]):
    ejemplo = BooleanField(default=False)


class TemplateView(APIView):
    @operation(
        "plantilla",
        "Descargar la plantilla",
        tag=HELP,
        parameters=[query("ejemplo", "Con «true», trae filas de ejemplo.", bool), SHEET],
        answers=workbook("La plantilla de Excel."),
        failures=[400],
        codes={400: UNKNOWN_SHEET},
    )
    def get(self, request: Request) -> HttpResponseBase:
        count_export(request)
        params = TemplateParams(data=request.query_params)
        params.is_valid(raise_exception=True)
        declared = access.requested_import(request)
        return downloads.template(declared, request.user, example=params.validated_data["ejemplo"]).response()


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
        failures=[404, 410, 422],
        codes={404: UNKNOWN, 422: [("file_replaced", text_of("file_replaced", {}, "es"))], 503: AWAY},
    )
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        upload = access.visible(request, task_id)
        count_export(request)
        return downloads.original(upload).response()


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
            (202, JSON): answer(Preparation, "Se está preparando.", examples.PREPARATION),
        },
        failures=[404, 409, 410, 422],
        codes={
            404: UNKNOWN,
            409: [
                ("not_finished", "La carga no ha terminado: espere a que termine."),
                ("nothing_to_correct", "La carga no tiene filas por corregir."),
            ],
            422: [("damaged_file", "El archivo está dañado o incompleto y no se puede leer.")],
            503: [
                *AWAY,
                ("not_prepared", "El archivo no se pudo preparar por una falla del sistema: intente más tarde."),
            ],
        },
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
        headers = {"Retry-After": PREPARATION_SECONDS, "Location": f"{UPLOADS_PATH}{upload.pk}/corrections"}
        return Response(Preparation.render(file), status=202, headers=headers)


def problems_file(
    request: Request, upload: BulkUpload, file_format: ExportFormat, found: QuerySet[RowError]
) -> HttpResponseBase:
    """All of `found` as a file that is made while it is sent."""
    count_export(request)
    return downloads.errors(upload, file_format, found).response()
