"""The catalogue: suppliers, categories and their products. It knows nothing of uploads."""

from catalog.models.categories import SMALL_LETTERS, Category, CategoryQuerySet
from catalog.models.changes import ChangeNumber
from catalog.models.products import Product
from catalog.models.suppliers import ALL_SUPPLIERS, Supplier, SupplierQuerySet

__all__ = [
    "ALL_SUPPLIERS",
    "SMALL_LETTERS",
    "Category",
    "CategoryQuerySet",
    "ChangeNumber",
    "Product",
    "Supplier",
    "SupplierQuerySet",
]
