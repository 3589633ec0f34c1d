"""The address to which suppliers are sent, below ``/api/v1/`` and ``/api/``."""

from __future__ import annotations

from django.urls import re_path

from bulk_upload.api.upload import UploadView
from catalog.sheets.suppliers import SUPPLIERS

app_name = "supplier_upload"

urlpatterns = [
    re_path(r"^proveedores/bulk-upload/?$", UploadView.as_view(sheet_name=SUPPLIERS.name), name="upload"),
]
