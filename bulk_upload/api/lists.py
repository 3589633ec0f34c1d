"""The uploads that one may see, and what was wrong with the rows of one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django_filters.rest_framework import CharFilter, ChoiceFilter, FilterSet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload import snapshots
from bulk_upload.api import access, operations, serializers
from bulk_upload.api.downloads import problems_file
from bulk_upload.models import BulkUpload, RowError, Severity, Status
from bulk_upload.wording import worded_error
from bulk_upload.workbooks.row_errors import ExportFormat
from medisupply.api.filters import MomentFilter
from medisupply.api.json import language
from medisupply.api.paging import filtered, newest_first, numbered
from medisupply.api.throttles import StatusThrottle


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

    @operations.LIST
    def get(self, request: Request) -> Response:
        uploads = BulkUpload.objects.for_user(request.user).defer("productos_creados", "productos_actualizados")
        return Response(newest_first(request, filtered(request, UploadFilters, uploads), _summary))


class ProblemListView(APIView):
    @operations.PROBLEMS
    def get(self, request: Request, task_id: str) -> Any:
        upload = access.visible(request, task_id)
        found = _problems(request, upload)
        if file_format := request.query_params.get("format"):
            return problems_file(request, upload, ExportFormat(file_format), found)
        return Response(numbered(request, found, lambda problem: _problem(problem, upload)))


class ProblemsCsvView(APIView):
    """The files have addresses of their own: a generated client reads one kind of answer at each."""

    @operations.PROBLEMS_CSV
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        return _file(request, task_id, ExportFormat.CSV)


class ProblemsXlsxView(APIView):
    @operations.PROBLEMS_XLSX
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        return _file(request, task_id, ExportFormat.XLSX)


class ProblemsJsonView(APIView):
    @operations.PROBLEMS_JSON
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        return _file(request, task_id, ExportFormat.JSON)


def _file(request: Request, task_id: str, file_format: ExportFormat) -> HttpResponseBase:
    upload = access.visible(request, task_id)
    return problems_file(request, upload, file_format, _problems(request, upload))


def _problems(request: Request, upload: BulkUpload) -> QuerySet[RowError]:
    """Those of `upload` that the query asks for."""
    return filtered(request, ProblemFilters, RowError.objects.filter(upload=upload).order_by("fila", "pk"))


def _summary(upload: BulkUpload) -> dict[str, Any]:
    return serializers.summary(snapshots.head(upload), language())


def _problem(problem: RowError, upload: BulkUpload) -> dict[str, Any]:
    return {**worded_error(problem, upload.header_positions, language())}
