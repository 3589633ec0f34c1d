"""The REST API's addresses, below ``/api/v1/catalog/`` and ``/api/catalog/``; a trailing slash is needed nowhere."""

from __future__ import annotations

from django.urls import re_path

from bulk_upload.api import refusals
from bulk_upload.api.columns import ColumnsView
from bulk_upload.api.downloads import CorrectionsView, OriginalView, TemplateView
from bulk_upload.api.mappings import MappingListView, MappingView
from bulk_upload.api.plan import ApplyView, PlanFileView, PlanView
from bulk_upload.api.preview import PreviewView
from bulk_upload.api.row_errors import ProblemListView, file_view
from bulk_upload.api.start import StartView
from bulk_upload.api.status import DetailView, StateView
from bulk_upload.api.undo import UndoView
from bulk_upload.api.upload_actions import CancelView, RetryView
from bulk_upload.api.upload_list import UploadListView
from bulk_upload.workbooks.errors_file import ExportFormat

refusals.connect()

app_name = "bulk_upload"

TASK = r"^bulk-upload/(?P<task_id>[^/]+)"

urlpatterns = [
    re_path(r"^bulk-upload/?$", UploadListView.as_view(), name="uploads"),
    # Before those with a task's id.
    re_path(r"^bulk-upload/template/?$", TemplateView.as_view(), name="template"),
    re_path(r"^bulk-upload/columns/?$", ColumnsView.as_view(), name="columns"),
    re_path(r"^bulk-upload/mappings/?$", MappingListView.as_view(), name="mappings"),
    re_path(r"^bulk-upload/mappings/(?P<mapping_id>[^/]+)/?$", MappingView.as_view(), name="mapping"),
    re_path(r"^bulk-upload/status/(?P<task_id>[^/]+)/?$", StateView.as_view(), name="status"),
    re_path(TASK + r"/?$", DetailView.as_view(), name="detail"),
    re_path(TASK + r"/errors/?$", ProblemListView.as_view(), name="errors"),
    *(re_path(rf"{TASK}/errors\.{name}/?$", file_view(name), name=f"errors-{name}") for name in ExportFormat),
    re_path(TASK + r"/corrections/?$", CorrectionsView.as_view(), name="corrections"),
    re_path(TASK + r"/file/?$", OriginalView.as_view(), name="file"),
    re_path(TASK + r"/cancel/?$", CancelView.as_view(), name="cancel"),
    re_path(TASK + r"/retry/?$", RetryView.as_view(), name="retry"),
    re_path(TASK + r"/preview/?$", PreviewView.as_view(), name="preview"),
    re_path(TASK + r"/start/?$", StartView.as_view(), name="start"),
    re_path(TASK + r"/plan/?$", PlanView.as_view(), name="plan"),
    re_path(TASK + r"/plan\.xlsx/?$", PlanFileView.as_view(), name="plan-xlsx"),
    re_path(TASK + r"/apply/?$", ApplyView.as_view(), name="apply"),
    re_path(TASK + r"/undo/?$", UndoView.as_view(), name="undo"),
]
