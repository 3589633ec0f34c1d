"""What the rows of the products' sheet become."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bulk_upload.imports import CreateMissing, Reference, SheetImport, register
from catalog import examples
from catalog.models import Category, Product, Supplier
from catalog.problem_texts import PRODUCT_PROBLEMS, PRODUCT_WARNINGS
from catalog.sheets.products import PRODUCTS


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
    problem_texts = PRODUCT_PROBLEMS
    warning_texts = PRODUCT_WARNINGS
    advice = [
        _(
            "«id» y «codigo» son únicos entre todos los proveedores. Si numera sus productos con 1, 2, 3, ponga antes "
            "el código de su empresa: PROV001-0001."
        ),
        _(
            "Precios: 1250,50 y 1250.50 se entienden igual. 1.250 podría ser mil doscientos cincuenta o uno con "
            "veinticinco: se rechaza y usted decide."
        ),
    ]
    guide_rules = """\
- **Únicos entre todos los proveedores.** Un `id` o un `codigo` que ya usa otro proveedor se rechaza. Si numera sus
  productos con 1, 2, 3, ponga antes el código de su empresa: `PROV001-0001`.
- **Repetidos.** Dos filas del mismo archivo no pueden tener el mismo `id` ni el mismo `codigo`.
- **El id** es parte de una dirección web: no puede ser `bulk-upload`, empezar ni terminar en `/`, terminar en
  `/history`, ni tener entre barras una parte vacía, `.` o `..`.
"""
    choices = {"categoria": examples.offered_categories}

    @classmethod
    def example_rows(cls, user: Any = None) -> list[dict[str, Any]]:
        return examples.example_products_for(user) if user else examples.example_products()
