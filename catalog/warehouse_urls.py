"""The addresses of warehouses and of what they store, below ``/api/v1/`` and ``/api/``."""

from __future__ import annotations

from django.urls import re_path

from catalog.api import StockView, WarehouseListView, WarehouseView

app_name = "warehouses"

urlpatterns = [
    re_path(r"^bodegas/?$", WarehouseListView.as_view(), name="warehouses"),
    re_path(r"^bodegas/(?P<bodega_id>[^/]+)/?$", WarehouseView.as_view(), name="warehouse"),
    re_path(r"^inventory/bodega/(?P<bodega_id>[^/]+)/productos/?$", StockView.as_view(), name="stock"),
]
