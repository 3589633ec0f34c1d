"""The catalogue's own lists for clients: one file for each, with its shape, its description and its view."""

from catalog.api.categories import CategoryListView
from catalog.api.stock import StockView
from catalog.api.stock_history import StockHistoryView
from catalog.api.suppliers import SupplierHistoryView, SupplierListView
from catalog.api.warehouses import WarehouseListView, WarehouseView

__all__ = [
    "CategoryListView",
    "StockHistoryView",
    "StockView",
    "SupplierHistoryView",
    "SupplierListView",
    "WarehouseListView",
    "WarehouseView",
]
