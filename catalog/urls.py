"""The catalogue's addresses, and where its sheets are sent to."""

from __future__ import annotations

from django.urls import re_path

from bulk_upload.api.upload import UploadView
from catalog.api import CategoryListView, SupplierHistoryView, SupplierListView
from catalog.api.items.history import ItemHistoryView
from catalog.api.items.views import ItemListView, ItemView
from catalog.sheets.products import PRODUCTS

app_name = "catalog"

# Generated clients know the first sheet's operation by this name.
UPLOAD = UploadView.as_view(sheet_name=PRODUCTS.name, operation_id="enviar_catalogo", summary="Enviar un catálogo")

urlpatterns = [
    re_path(r"^categories/?$", CategoryListView.as_view(), name="categories"),
    re_path(r"^suppliers/?$", SupplierListView.as_view(), name="suppliers"),
    re_path(r"^suppliers/(?P<proveedor_id>[^\n]+)/history\Z", SupplierHistoryView.as_view(), name="supplier-history"),
    re_path(r"^items/bulk-upload/?$", UPLOAD, name="upload"),
    re_path(r"^items/?$", ItemListView.as_view(), name="items"),
    re_path(r"^items/(?P<item_id>[^\n]+)/history\Z", ItemHistoryView.as_view(), name="item-history"),
    # All that follows is the id, also a slash at its end: S1 and S1/ are two products.
    re_path(r"^items/(?P<item_id>[^\n]+)\Z", ItemView.as_view(), name="item"),
]
