"""The catalogue: suppliers, categories, their products, and what is stored of them."""

from catalog.models.categories import SMALL_LETTERS, Category, CategoryQuerySet
from catalog.models.changes import ChangeNumber
from catalog.models.products import Product
from catalog.models.stock import StockLot, StockLotQuerySet, StockState
from catalog.models.suppliers import ALL_SUPPLIERS, Supplier, SupplierQuerySet
from catalog.models.warehouses import Warehouse, WarehouseType, warehouse_code

__all__ = [
    "ALL_SUPPLIERS",
    "SMALL_LETTERS",
    "Category",
    "CategoryQuerySet",
    "ChangeNumber",
    "Product",
    "StockLot",
    "StockLotQuerySet",
    "StockState",
    "Supplier",
    "SupplierQuerySet",
    "Warehouse",
    "WarehouseType",
    "warehouse_code",
]
