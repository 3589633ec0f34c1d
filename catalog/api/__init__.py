"""The catalogue's own lists for clients: one file for each, with its shape, its description and its view."""

from catalog.api.master_data import CategoryListView, SupplierListView
from catalog.api.stock import StockView
from catalog.api.warehouses import WarehouseListView, WarehouseView

__all__ = ["CategoryListView", "StockView", "SupplierListView", "WarehouseListView", "WarehouseView"]
