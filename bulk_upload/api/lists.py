"""The uploads that one may see, and what was wrong with the rows of one."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.fields import CharField, ChoiceField, FloatField, IntegerField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload import snapshots
from bulk_upload.api import access, examples
from bulk_upload.api.downloads import problems_file
from bulk_upload.api.operations import TASK, UNKNOWN, UPLOADS, text_file, workbook
from bulk_upload.api.serializers import Listed
from bulk_upload.models import BulkUpload, RowError, Severity, Status
from bulk_upload.wording import cell_address, text_of
from bulk_upload.workbooks.row_errors import ExportFormat
from medisupply.api.filters import MomentFilter
from medisupply.api.paging import filtered, newest_first, numbered
from medisupply.api.rendering import Rendered
from medisupply.api.schema import NUMBERED_META, PAGE, SIZE, Describe, NumberedMeta, answer, operation, query
from medisupply.api.throttles import StatusThrottle

_CHOICE: Final = (
    TASK,
    query("code", "Solo los de este código.", {"type": "string", "maxLength": 32}),
    query("column", "Solo los de esta columna.", {"type": "string", "maxLength": 64}),
    query("severity", "Solo errores o solo advertencias.", {"type": "string", "enum": list(Severity.values)}),
)


class CursorMeta(serializers.Serializer[Any]):
    size = IntegerField()
    next = CharField(allow_null=True, help_text="El cursor de la página siguiente; nulo en la última.")
    took_ms = FloatField()


class UploadPage(serializers.Serializer[Any]):
    items = Listed(many=True)
    meta = CursorMeta()


# A `RowError`. `bulk_upload.workbooks.row_errors` writes the same keys into files.
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


class ProblemPage(serializers.Serializer[Any]):
    items = Problem(many=True)
    meta = NumberedMeta()


_EXAMPLE: Final = Problem.render(
    RowError(upload=examples.UPLOAD, severity=Severity.ERROR, fila=25, **examples.CELL), "es"
)


class UploadFilters(FilterSet):
    status = ChoiceFilter(choices=Status.choices)
    proveedor_id = CharFilter(field_name="proveedor_id", max_length=32)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")


class ProblemFilters(FilterSet):
    code = CharFilter(field_name="codigo", max_length=32)
    column = CharFilter(field_name="columna", max_length=64)
    severity = ChoiceFilter(field_name="severity", choices=Severity.choices)
    format = ChoiceFilter(choices=[(name.value, name.value) for name in ExportFormat], method="_as_it_is")

    def _as_it_is(self, rows: Any, name: str, value: str) -> Any:
        return rows


class UploadListView(APIView):
    throttle_classes = [StatusThrottle]

    @operation(
        "listar_cargas",
        "Listar las cargas",
        tag=UPLOADS,
        description="Las propias, de la más nueva a la más antigua.",
        parameters=[
            query("status", "Estado.", {"type": "string", "enum": list(Status.values)}),
            query("proveedor_id", "Proveedor.", {"type": "string", "maxLength": 32}),
            query("created_after", "Recibidas desde este momento (ISO 8601), incluido.", OpenApiTypes.DATETIME),
            query("created_before", "Recibidas antes de este momento (ISO 8601).", OpenApiTypes.DATETIME),
            query("cursor", "El «meta.next» de la página anterior.", {"type": "string", "maxLength": 200}),
            SIZE,
        ],
        answers={
            200: answer(
                UploadPage,
                "Una página de cargas.",
                {"items": [examples.LISTED], "meta": {"size": 50, "next": None, "took_ms": 4.1}},
            )
        },
        failures=[400],
        codes={400: [("invalid_cursor", "El cursor no es válido: use el que vino en «meta.next».", "cursor")]},
    )
    def get(self, request: Request) -> Response:
        uploads = BulkUpload.objects.for_user(request.user).defer("productos_creados", "productos_actualizados")
        found = filtered(request, UploadFilters, uploads)
        return Response(newest_first(request, found, lambda upload: Listed.render(snapshots.head(upload))))


class ProblemListView(APIView):
    @operation(
        "errores_de_carga",
        "Errores y advertencias de una carga",
        tag=UPLOADS,
        description=(
            "En páginas. Todos en un archivo: `errors.csv`, `errors.xlsx` o `errors.json` (`?format=csv`, `xlsx` o "
            "`json` en esta dirección da lo mismo)."
        ),
        parameters=[*_CHOICE, PAGE, SIZE],
        answers={200: answer(ProblemPage, "Una página.", {"items": [_EXAMPLE], "meta": NUMBERED_META})},
        failures=[400, 404],
        codes={404: UNKNOWN},
    )
    def get(self, request: Request, task_id: str) -> Any:
        upload = access.visible(request, task_id)
        found = _problems(request, upload)
        if file_format := request.query_params.get("format"):
            return problems_file(request, upload, ExportFormat(file_format), found)
        return Response(numbered(request, found, Problem.render))


def _file_operation(file_format: ExportFormat, answers: dict[Any, OpenApiResponse]) -> Describe:
    return operation(
        f"errores_de_carga_{file_format.value}",
        f"Todos los errores y advertencias de una carga, en un archivo {file_format.value.upper()}",
        tag=UPLOADS,
        parameters=_CHOICE,
        answers=answers,
        failures=[400, 404],
        codes={404: UNKNOWN},
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


def _file(request: Request, task_id: str, file_format: ExportFormat) -> HttpResponseBase:
    upload = access.visible(request, task_id)
    return problems_file(request, upload, file_format, _problems(request, upload))


def _problems(request: Request, upload: BulkUpload) -> QuerySet[RowError]:
    """Those of `upload` that the query asks for."""
    return filtered(request, ProblemFilters, upload.row_errors.order_by("fila", "pk"))
