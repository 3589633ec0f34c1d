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
from rest_framework.views import APIView

from bulk_upload.api import access, examples
from bulk_upload.api.schema import TASK, UNKNOWN, UPLOADS, text_file, workbook
from bulk_upload.models import BulkUpload, RowError, Severity
from bulk_upload.wording import cell_address, text_of
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.errors_file import ExportFormat
from medisupply.api.paging import PAGE, SIZE, filter_parameters, filtered, numbered, page_answer
from medisupply.api.rendering import Rendered
from medisupply.api.schema import Describe, answer, operation
from medisupply.api.throttles import count_export


# A `RowError`. `bulk_upload.workbooks.errors_file` writes the same keys into files.
class Problem(Rendered):
    fila = IntegerField(allow_null=True)
    celda = CharField(allow_null=True)
    columna = CharField(allow_blank=True)
    gravedad = ChoiceField(source="severity", choices=Severity.choices)
    codigo = CharField()
    mensaje = CharField()
    valor = CharField(allow_blank=True)

    @staticmethod
    def get_fila(problem: RowError, language: str) -> int | None:
        return problem.fila or None

    @staticmethod
    def get_celda(problem: RowError, language: str) -> str | None:
        return cell_address(problem.upload.header_positions, problem.columna, problem.fila)

    @staticmethod
    def get_mensaje(problem: RowError, language: str) -> str:
        return text_of(problem.codigo, problem.params, language)


_EXAMPLE: Final = Problem.render(
    RowError(upload=examples.UPLOAD, severity=Severity.ERROR, fila=25, **examples.CELL), "es"
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
        parameters=[TASK, *filter_parameters(ProblemFilters), PAGE, SIZE],
        answers=page_answer("ProblemPage", "Una página.", Problem, _EXAMPLE),
        errors=[400, UNKNOWN],
    )
    def get(self, request: Request, task_id: str) -> Any:
        if file_format := request.query_params.get("format"):
            return _file(request, task_id, file_format)
        return Response(numbered(request, _found(request, access.visible(request, task_id)), Problem.render))


def _file_operation(file_format: ExportFormat, answers: dict[Any, OpenApiResponse]) -> Describe:
    return operation(
        f"errores_de_carga_{file_format.value}",
        f"Todos los errores y advertencias de una carga, en un archivo {file_format.value.upper()}",
        tag=UPLOADS,
        parameters=[TASK, *filter_parameters(ProblemFilters)],
        answers=answers,
        errors=[400, UNKNOWN],
    )


class ProblemsCsvView(APIView):
    """The files have addresses of their own: a generated client reads one kind of answer at each."""

    @_file_operation(
        ExportFormat.CSV, {(200, "text/csv"): text_file("Todos, en CSV (UTF-8, separado por «;»; en inglés, por «,»).")}
    )
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        return _file(request, task_id, ExportFormat.CSV)


class ProblemsXlsxView(APIView):
    @_file_operation(ExportFormat.XLSX, workbook("Todos, en Excel."))
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        return _file(request, task_id, ExportFormat.XLSX)


class ProblemsJsonView(APIView):
    @_file_operation(ExportFormat.JSON, {200: answer(Problem(many=True), "La lista completa.", _EXAMPLE)})
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        return _file(request, task_id, ExportFormat.JSON)


def _file(request: Request, task_id: str, file_format: str) -> HttpResponseBase:
    """All that the query asks for as a file that is made while it is sent."""
    upload = access.visible(request, task_id)
    found = _found(request, upload)
    count_export(request)
    return downloads.errors(upload, ExportFormat(file_format), found).response()


def _found(request: Request, upload: BulkUpload) -> QuerySet[RowError]:
    return filtered(request, ProblemFilters, upload.row_errors.order_by("fila", "pk"))
