"""The catalogue's own addresses; those of products are in `bulk_upload.urls`, where the sheet's rules are."""

from __future__ import annotations

from django.urls import re_path

from catalog.api import CategoryListView, SupplierListView

app_name = "catalog"

urlpatterns = [
    re_path(r"^categories/?$", CategoryListView.as_view(), name="categories"),
    re_path(r"^suppliers/?$", SupplierListView.as_view(), name="suppliers"),
]
