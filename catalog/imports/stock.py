"""What the rows of the stock sheet become."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulk_upload.imports import Reference, SheetImport, register
from catalog import examples
from catalog.models import Product, StockLot, Warehouse
from catalog.problem_texts import STOCK_PROBLEMS
from catalog.sheets.stock import STOCK
from catalog.stock_rules import RequiredByProduct


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
    problem_texts = STOCK_PROBLEMS
    advice = [
        _("Los productos y las bodegas deben existir ya: cargue primero los productos nuevos."),
        _(
            "Una fila es un producto en una bodega, con su lote. Para actualizar cantidades que ya cargó marque "
            "«Reemplazar duplicados»: la cantidad nueva reemplaza la anterior, no se suma."
        ),
        _("Fechas: día, mes y año de cuatro cifras (31/03/2027), o 2027-03-31."),
    ]
    choices = {"bodega": examples.offered_warehouses}

    @classmethod
    def example_rows(cls, user: Any = None) -> list[dict[str, Any]]:
        return examples.example_stock(user)
