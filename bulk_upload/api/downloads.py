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

from bulk_upload.api import access, operations, serializers
from bulk_upload.api.serializers import UPLOADS_PATH
from bulk_upload.models import BulkUpload, FileState, RowError
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.row_errors import ExportFormat
from medisupply.api.throttles import StatusThrottle, count_export

# Seconds after which a client may ask again whether a file is ready.
PREPARATION_SECONDS: Final = "2"


class TemplateParams(Serializer[dict[str, Any]]):
    ejemplo = BooleanField(default=False)


class TemplateView(APIView):
    @operations.TEMPLATE
    def get(self, request: Request) -> HttpResponseBase:
        count_export(request)
        params = TemplateParams(data=request.query_params)
        params.is_valid(raise_exception=True)
        declared = access.requested_import(request)
        return downloads.template(declared, request.user, example=params.validated_data["ejemplo"]).response()


class OriginalView(APIView):
    @operations.ORIGINAL
    def get(self, request: Request, task_id: str) -> HttpResponseBase:
        upload = access.visible(request, task_id)
        count_export(request)
        return downloads.original(upload).response()


class CorrectionsView(APIView):
    """Asked for again and again until the file is ready: only sending it counts as an export."""

    throttle_classes = [StatusThrottle]

    @operations.CORRECTIONS
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
        return Response(serializers.preparation(file), status=202, headers=headers)


def problems_file(
    request: Request, upload: BulkUpload, file_format: ExportFormat, found: QuerySet[RowError]
) -> HttpResponseBase:
    """All of `found` as a file that is made while it is sent."""
    count_export(request)
    return downloads.errors(upload, file_format, found).response()
