"""Files that one takes away: the original, the rows to correct, the errors, the template."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BooleanField, Serializer
from rest_framework.views import APIView

from bulk_upload import storage
from bulk_upload.api import access, examples
from bulk_upload.api.operations import AWAY, HELP, SHEET, TASK, UNKNOWN, UNKNOWN_SHEET, UPLOADS, text_file, workbook
from bulk_upload.api.serializers import UPLOADS_PATH, Preparation
from bulk_upload.models import BulkUpload, FileState, PreparedFile, RowError
from bulk_upload.originals import fetch_original
from bulk_upload.receiving.file_names import clean_filename
from bulk_upload.sheet.problems import FileProblem, text_of
from bulk_upload.workbooks import prepared_files
from bulk_upload.workbooks.corrections import standing_errors
from bulk_upload.workbooks.row_errors import CONTENT_TYPES, FileFormat, export_errors
from bulk_upload.workbooks.template import template_name, write_template
from medisupply.api.errors import Conflict, Gone, Unavailable, Unprocessable
from medisupply.api.json import language
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
        example = params.validated_data["ejemplo"]
        declared = access.requested_import(request)
        target = BytesIO()
        write_template(target, declared, declared.example_rows(request.user) if example else [], request.user)
        return attachment([target.getvalue()], template_name(declared.sheet, example=example), CONTENT_TYPES["xlsx"])


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
        with tempfile.TemporaryDirectory(dir=settings.BULK_UPLOAD_TEMP_DIR, prefix="download-") as folder:
            path = Path(folder, "file")
            _stored(lambda: fetch_original(upload, path))
            content = path.open("rb")  # it can be read after its folder is gone; the answer closes it
        # Which encoding a CSV has is for its owner to know.
        content_type = CONTENT_TYPES["xlsx"] if upload.file_format == "xlsx" else "text/csv"
        return attachment(content, upload.filename, content_type)


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
        if not upload.is_final:
            raise Conflict(_("La carga no ha terminado: espere a que termine."), code="not_finished")
        if not standing_errors(upload).exists():
            raise Conflict(_("La carga no tiene filas por corregir."), code="nothing_to_correct")
        file = prepared_files.corrections_of(upload, language())
        if file.state == FileState.READY and (response := self._ready(request, file)):
            return response
        if why := prepared_files.reason(file, language()):
            raise _absence(why)
        headers = {"Retry-After": PREPARATION_SECONDS, "Location": f"{UPLOADS_PATH}{upload.pk}/corrections"}
        return Response(Preparation.render(file), status=202, headers=headers)

    def _ready(self, request: Request, file: PreparedFile) -> HttpResponseBase | None:
        """The file as it comes from the store; `None` when it is not there any more, and is made again."""
        count_export(request)
        try:
            blocks = storage.stream(file.s3_key)
        except storage.FileGone:
            prepared_files.make_again(file)
            return None
        except storage.StorageDown as error:
            raise _away() from error
        response = attachment(blocks, f"corregir_{_stem(file.upload)}.xlsx", CONTENT_TYPES["xlsx"])
        response["Content-Length"] = str(file.size)
        return response


def problems_file(
    request: Request, upload: BulkUpload, file_format: str, found: QuerySet[RowError]
) -> HttpResponseBase:
    """All of `found` as a file that is made while it is sent."""
    count_export(request)
    chosen: FileFormat = "xlsx" if file_format == "xlsx" else "json" if file_format == "json" else "csv"
    blocks = export_errors(upload, chosen, language(), found)
    return attachment(blocks, f"errores_{_stem(upload)}.{chosen}", CONTENT_TYPES[chosen])


def attachment(content: IO[bytes] | Iterable[bytes], name: str, content_type: str) -> HttpResponseBase:
    """`content` to be saved under `name`; the browser never shows it or guesses what it is."""
    response: FileResponse | StreamingHttpResponse
    if hasattr(content, "read"):
        response = FileResponse(content, content_type=content_type)
    else:
        response = StreamingHttpResponse(content, content_type=content_type)
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-") else "_" for c in name)
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _stored(read: Callable[[], Any]) -> Any:
    """What `read` gives from the store, or the answer in words that fits what is wrong with it."""
    try:
        return read()
    except storage.FileGone as error:
        raise _gone() from error
    except storage.StorageDown as error:
        raise _away() from error
    except FileProblem as problem:
        message = text_of(problem.code, problem.params, language())
        raise Unprocessable(message, code=problem.code) from problem


def _absence(why: prepared_files.Reason) -> APIException:
    """Why a file could not be made, as an answer."""
    if why.code == prepared_files.FILE_GONE:
        return _gone()
    kind = Unavailable if why.code in (prepared_files.STORAGE_AWAY, prepared_files.NOT_PREPARED) else Unprocessable
    return kind(why.sentence, code=why.code)


def _gone() -> Gone:
    return Gone(_("El archivo original ya no está guardado."), code="file_gone")


def _away() -> Unavailable:
    message = _("El almacén de archivos no responde: intente de nuevo en un momento.")
    return Unavailable(message, code="storage_unavailable")


def _stem(upload: BulkUpload) -> str:
    return clean_filename(upload.filename).rpartition(".")[0] or "carga"
