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
from rest_framework.request import Request
from rest_framework.serializers import BooleanField, Serializer
from rest_framework.views import APIView

from bulk_upload import storage
from bulk_upload.api import access, docs
from bulk_upload.corrections import write_corrections
from bulk_upload.exports import CONTENT_TYPES, FileFormat, export_errors
from bulk_upload.file_names import clean_filename
from bulk_upload.management.commands.make_templates import example_products_for
from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.originals import fetch_original
from bulk_upload.problems import FileProblem, text_of
from bulk_upload.reports import offered_categories, write_template
from medisupply.errors import Conflict, Gone, Unavailable, Unprocessable
from medisupply.wire import language

# A workbook up to here stays in memory.
IN_MEMORY: Final = 8 * 1024 * 1024


class TemplateParams(Serializer[dict[str, Any]]):
    ejemplo = BooleanField(default=False)


class TemplateView(APIView):
    @docs.TEMPLATE
    def get(self, request: Request) -> HttpResponseBase:
        params = TemplateParams(data=request.query_params)
        params.is_valid(raise_exception=True)
        example = params.validated_data["ejemplo"]
        rows = example_products_for(request.user) if example else []
        categories = offered_categories(request.user)
        target = BytesIO()
        write_template(target, rows, categories)
        name = "plantilla_productos_ejemplo.xlsx" if example else "plantilla_productos_vacia.xlsx"
        return attachment([target.getvalue()], name, CONTENT_TYPES["xlsx"])


class OriginalView(APIView):
    @docs.ORIGINAL
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        upload = access.visible(request, task_id)
        with tempfile.TemporaryDirectory(dir=settings.BULK_UPLOAD_TEMP_DIR, prefix="download-") as folder:
            path = Path(folder, "file")
            _stored(lambda: fetch_original(upload, path))
            content = path.open("rb")  # it can be read after its folder is gone; the answer closes it
        # Which encoding a CSV has is for its owner to know.
        content_type = CONTENT_TYPES["xlsx"] if upload.file_format == "xlsx" else "text/csv"
        return attachment(content, upload.filename, content_type)


class CorrectionsView(APIView):
    @docs.CORRECTIONS
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        upload = access.visible(request, task_id)
        if not upload.is_final:
            raise Conflict(_("La carga no ha terminado: espere a que termine."), code="not_finished")
        if not upload.row_errors.filter(severity=Severity.ERROR, corregida=False).exists():
            raise Conflict(_("La carga no tiene filas por corregir."), code="nothing_to_correct")
        target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the answer closes it
        try:
            _stored(lambda: write_corrections(upload, target, language()))
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return attachment(target, f"corregir_{_stem(upload)}.xlsx", CONTENT_TYPES["xlsx"])


def problems_file(upload: BulkUpload, file_format: str, found: QuerySet[RowError]) -> HttpResponseBase:
    """All of `found` as a file that is made while it is sent."""
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
        raise Gone(_("El archivo original ya no está guardado."), code="file_gone") from error
    except storage.StorageDown as error:
        message = _("El almacén de archivos no responde: intente de nuevo en un momento.")
        raise Unavailable(message, code="storage_unavailable") from error
    except FileProblem as problem:
        message = text_of(problem.code, problem.params, language())
        raise Unprocessable(message, code=problem.code) from problem


def _stem(upload: BulkUpload) -> str:
    return clean_filename(upload.filename).rpartition(".")[0] or "carga"
