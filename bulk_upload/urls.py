"""The REST door's addresses, below ``/api/v1/catalog/`` and ``/api/catalog/``; no trailing slash needed."""

from __future__ import annotations

from django.urls import re_path

from bulk_upload.views import BulkUploadViewSet

app_name = "bulk_upload"

urlpatterns = [
    re_path(r"^items/bulk-upload/?$", BulkUploadViewSet.as_view({"post": "create"}), name="upload"),
    re_path(
        r"^bulk-upload/status/(?P<task_id>[^/]+?)/?$", BulkUploadViewSet.as_view({"get": "retrieve"}), name="status"
    ),
    re_path(
        r"^bulk-upload/(?P<task_id>[^/]+?)/cancel/?$", BulkUploadViewSet.as_view({"post": "cancel"}), name="cancel"
    ),
    re_path(r"^bulk-upload/(?P<task_id>[^/]+?)/retry/?$", BulkUploadViewSet.as_view({"post": "retry"}), name="retry"),
]
