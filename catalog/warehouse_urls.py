"""The addresses of warehouses and of what they store, below ``/api/v1/`` and ``/api/``."""

from __future__ import annotations

from django.urls import re_path

from bulk_upload.api.upload import UploadView
from catalog.api import StockHistoryView, StockView, WarehouseListView, WarehouseView
from catalog.sheets.stock import STOCK

app_name = "warehouses"

urlpatterns = [
    re_path(r"^bodegas/?$", WarehouseListView.as_view(), name="warehouses"),
    re_path(r"^bodegas/(?P<bodega_id>[^/]+)/?$", WarehouseView.as_view(), name="warehouse"),
    re_path(r"^inventory/bulk-upload/?$", UploadView.as_view(sheet_name=STOCK.name), name="upload"),
    re_path(r"^inventory/bodega/(?P<bodega_id>[^/]+)/productos/?$", StockView.as_view(), name="stock"),
    re_path(
        r"^inventory/bodega/(?P<bodega_id>[^/]+)/productos/history/?$", StockHistoryView.as_view(), name="stock-history"
    ),
]
