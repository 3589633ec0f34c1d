"""What the rows of the catalogue's sheets become: found as Django finds `admin.py`."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from bulk_upload.api import token_access
from bulk_upload.imports import CreateMissing, Reference, SheetImport, register
from catalog import examples
from catalog.models import Category, Product, StockLot, Supplier, Warehouse
from catalog.sheets.products import PRODUCTS
from catalog.sheets.stock import STOCK
from catalog.sheets.suppliers import SUPPLIERS
from catalog.stock_rules import RequiredByProduct


def _visible_categories(supplier: str) -> QuerySet[Category]:
    own = Supplier.objects.filter(pk=supplier)
    return Category.objects.for_suppliers(own).order_by("-aprobada", "nombre")


@register(PRODUCTS)
class ProductImport(SheetImport):
    """Products of one supplier. A category that does not exist is created, and waits for a person's approval."""

    model = Product
    owner = "proveedor"
    key = ["id"]
    unique = ["codigo"]
    references = {
        "categoria": Reference(
            Category,
            by={"categoria": "nombre"},
            visible=_visible_categories,
            create=CreateMissing(
                setting="BULK_UPLOAD_MAX_NEW_CATEGORIES",
                name="categoria",
                created="new_category",
                too_many="too_many_new_categories",
                misspelt="misspelt_category",
            ),
        )
    }
    large_change = "precio_unitario"
    exists = "duplicate_product"
    choices = {"categoria": examples.offered_categories}

    @classmethod
    def example_rows(cls, user: Any = None) -> list[dict[str, Any]]:
        return examples.example_products_for(user) if user else examples.example_products()


def _active_warehouses(supplier: str) -> QuerySet[Warehouse]:
    return Warehouse.objects.filter(activo=True).order_by("codigo")


@register(STOCK)
class StockImport(SheetImport):
    """What is stored of a supplier's products. A row is known by product, warehouse and lot."""

    model = StockLot
    key = ["producto", "bodega", "lote"]
    references = {
        "producto": Reference(
            Product,
            by={"producto_id": "id", "producto_codigo": "codigo"},
            owned=True,
            attributes=["requiere_lote", "requiere_vencimiento"],
            unknown="unknown_product",
            other_owner="other_supplier_product",
        ),
        "bodega": Reference(
            Warehouse,
            by={"bodega": "codigo"},
            visible=_active_warehouses,
            unknown="unknown_warehouse",
            similar="similar_warehouse",
        ),
    }
    row_checks = [
        RequiredByProduct("lote", "requiere_lote", "lot_required"),
        RequiredByProduct("fecha_vencimiento", "requiere_vencimiento", "expiry_required"),
    ]
    exists = "stock_exists"
    choices = {"bodega": examples.offered_warehouses}

    @classmethod
    def example_rows(cls, user: Any = None) -> list[dict[str, Any]]:
        return examples.example_stock(user)


@register(SUPPLIERS)
class SupplierImport(SheetImport):
    """Suppliers themselves: no supplier's own, sent by MediSupply's people."""

    model = Supplier
    key = ["codigo"]
    is_owned = False
    permissions = ["catalog.add_supplier", "catalog.change_supplier", "catalog.all_suppliers"]
    exists = "supplier_exists"

    @classmethod
    def after_chunk(cls) -> None:
        # Which suppliers a token may see is kept for a minute; one may have been switched off.
        token_access.forget_all()

    @classmethod
    def example_rows(cls, user: Any = None) -> list[dict[str, Any]]:
        return examples.example_suppliers()
