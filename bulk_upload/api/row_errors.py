"""What was wrong with the rows of an upload: in pages, or all in a file."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.utils import OpenApiResponse
from rest_framework.fields import CharField, ChoiceField, IntegerField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from bulk_upload.api import access, examples
from bulk_upload.api.schema import ERRORS_PURGED, TASK, UNKNOWN, UPLOADS, text_file, workbook
from bulk_upload.models import BulkUpload, Part, RowError, Severity
from bulk_upload.wording import worded, worded_error
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.errors_file import ExportFormat
from medisupply.api.filters import filter_parameters, filtered
from medisupply.api.json import language
from medisupply.api.paging import PageParams, numbered, page_answer
from medisupply.api.schema import answer, operation
from medisupply.api.throttles import count_export


# `WordedProblem`, as the files hold it, too.
class Problem(Serializer[Any]):
    fila = IntegerField(allow_null=True)
    celda = CharField(allow_null=True)
    columna = CharField(allow_blank=True)
    gravedad = ChoiceField(choices=Severity.choices)
    codigo = CharField()
    mensaje = CharField()
    valor = CharField(allow_blank=True)


_EXAMPLE: Final = worded(
    25,
    **examples.CELL,
    language="es",
    positions=examples.UPLOAD.header_positions,
    severity=Severity.ERROR,
)


class ProblemFilters(FilterSet):
    code = CharFilter(field_name="codigo", max_length=32, help_text="Solo los de este código.")
    column = CharFilter(field_name="columna", max_length=64, help_text="Solo los de esta columna.")
    severity = ChoiceFilter(choices=Severity.choices, help_text="Solo errores o solo advertencias.")
    format = ChoiceFilter(choices=[(name.value, name.value) for name in ExportFormat], method="_as_it_is")

    def _as_it_is(self, rows: Any, name: str, value: str) -> Any:
        return rows


class ProblemListView(APIView):
    @operation(
        "errores_de_carga",
        "Errores y advertencias de una carga",
        tag=UPLOADS,
        description=(
            "En páginas. Todos en un archivo: `errors.csv`, `errors.xlsx` o `errors.json` (`?format=csv`, `xlsx` o "
            "`json` en esta dirección da lo mismo)."
        ),
        parameters=[TASK, *filter_parameters(ProblemFilters), PageParams],
        answers=page_answer("ProblemPage", "Una página.", Problem, _EXAMPLE),
        errors=[UNKNOWN, ERRORS_PURGED],
    )
    def get(self, request: Request, task_id: str) -> Any:
        if file_format := request.query_params.get("format"):
            return _file(request, task_id, file_format)
        upload = access.visible(request, task_id)
        downloads.require(upload, Part.ERRORS)
        positions, said = upload.header_positions, language()
        found = _found(request, upload)
        return Response(numbered(request, found, lambda problem: worded_error(problem, positions, said)))


# Each has an address of its own: a generated client reads one kind of answer at each.
_FILES: Final[dict[ExportFormat, dict[Any, OpenApiResponse]]] = {
    ExportFormat.CSV: {(200, "text/csv"): text_file("Todos, en CSV (UTF-8, separado por «;»; en inglés, por «,»).")},
    ExportFormat.XLSX: workbook("Todos, en Excel."),
    ExportFormat.JSON: {200: answer(Problem(many=True), "La lista completa.", _EXAMPLE)},
}


def file_view(file_format: ExportFormat) -> Any:
    """The view that answers with all problems of an upload in a file."""

    class ProblemFileView(APIView):
        @operation(
            f"errores_de_carga_{file_format}",
            f"Todos los errores y advertencias de una carga, en un archivo {file_format.upper()}",
            tag=UPLOADS,
            parameters=[TASK, *filter_parameters(ProblemFilters)],
            answers=_FILES[file_format],
            errors=[UNKNOWN, ERRORS_PURGED],
        )
        def get(self, request: Request, task_id: str) -> HttpResponseBase:
            return _file(request, task_id, file_format)

    return ProblemFileView.as_view()


def _file(request: Request, task_id: str, file_format: str) -> HttpResponseBase:
    """All that the query asks for as a file that is made while it is sent."""
    upload = access.visible(request, task_id)
    found = _found(request, upload)
    count_export(request)
    return downloads.errors(upload, ExportFormat(file_format), found).response()


def _found(request: Request, upload: BulkUpload) -> QuerySet[RowError]:
    return filtered(request, ProblemFilters, upload.row_errors.order_by("fila", "pk"))
