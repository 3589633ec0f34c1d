"""The catalogue in the admin: everybody sees the suppliers it may act for, and what is theirs."""

from django.contrib import admin

from catalog.admin.categories import CategoryAdmin
from catalog.admin.products import ProductAdmin, ProductForm
from catalog.admin.stock import StockLotAdmin
from catalog.admin.suppliers import SupplierAdmin
from catalog.admin.warehouses import WarehouseAdmin

__all__ = [
    "CategoryAdmin",
    "ProductAdmin",
    "ProductForm",
    "StockLotAdmin",
    "SupplierAdmin",
    "WarehouseAdmin",
]

admin.site.site_header = admin.site.site_title = "MediSupply"
