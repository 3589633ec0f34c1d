"""The catalogue's own lists for clients: one file for each, with its shape, its description and its view."""

from catalog.api.categories import CategoryListView
from catalog.api.stock import StockView
from catalog.api.suppliers import SupplierListView
from catalog.api.warehouses import WarehouseListView, WarehouseView

__all__ = ["CategoryListView", "StockView", "SupplierListView", "WarehouseListView", "WarehouseView"]
