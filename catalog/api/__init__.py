"""The catalogue's own lists for clients: one file for each, with its shape, its description and its view."""

from catalog.api.categories import CategoryListView
from catalog.api.suppliers import SupplierListView

__all__ = ["CategoryListView", "SupplierListView"]
