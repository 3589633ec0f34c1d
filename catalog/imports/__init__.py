"""What the rows of each sheet become: a module for each sheet, found as Django finds `admin.py`."""

from catalog.imports.products import ProductImport
from catalog.imports.stock import StockImport
from catalog.imports.suppliers import SupplierImport

__all__ = ["ProductImport", "StockImport", "SupplierImport"]
