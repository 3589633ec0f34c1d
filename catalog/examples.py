"""What templates begin with and offer: the example's ten products, and categories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from catalog.models import Category, Supplier, Warehouse
from catalog.sheets.products import PRODUCTS

FIXTURES: Final[Path] = settings.BASE_DIR / "fixtures"
PRODUCTS_EXAMPLE: Final = "plantilla_productos_ejemplo.json"
# Columns whose values are unique over all suppliers.
UNIQUE: Final = (*PRODUCTS.key, *PRODUCTS.unique)
# Values that a template offers in a list.
MOST_CHOICES: Final = 1000


def example_products(supplier: str = "") -> list[dict[str, Any]]:
    """The products of the example; a required column that they do not have yet gets its example value.

    With a supplier's code their `id` and `codigo`, which are unique over all suppliers, begin with it: the examples of
    two suppliers can be uploaded both.
    """
    products: list[dict[str, Any]] = json.loads((FIXTURES / PRODUCTS_EXAMPLE).read_text("utf-8"))
    rows = [
        {
            column.name: product.get(column.name, column.example if column.required else "")
            for column in PRODUCTS.columns
        }
        for product in products
    ]
    return [row | {name: f"{supplier}-{row[name]}" for name in UNIQUE} for row in rows] if supplier else rows


def example_products_for(user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
    """The example for a person of one supplier, with that supplier's code; for everybody else as it is."""
    codes = list(Supplier.objects.filter(usuarios=user.pk, activo=True).values_list("codigo", flat=True)[:2])
    return example_products(codes[0] if len(codes) == 1 else "")


def offered_categories(user: AbstractBaseUser | AnonymousUser | None) -> list[str]:
    """The categories that the template of `user` lists: when there are too many, rather approved ones.

    Without a user those that every installation begins with.
    """
    if user is None:
        return sorted(row["pk"] for row in json.loads((FIXTURES / "categories.json").read_text("utf-8")))
    names = Category.objects.for_user(user).order_by("-aprobada", "nombre").values_list("nombre", flat=True)
    return sorted(names[:MOST_CHOICES])


def example_stock(user: AbstractBaseUser | AnonymousUser | None) -> list[dict[str, Any]]:
    """A lot of each of the example's products: uploaded after them, it lands."""
    products = example_products_for(user) if user else example_products()
    warehouses = sorted(row["pk"] for row in json.loads((FIXTURES / "warehouses.json").read_text("utf-8")))
    return [
        {
            "producto_id": product["id"],
            "bodega": warehouses[number % len(warehouses)],
            "lote": f"L2026-{number:02d}",
            "cantidad": 40 + 15 * number,
            "fecha_vencimiento": f"2028-{number % 12 + 1:02d}-28",
            "condiciones": product["condiciones_almacenamiento"],
        }
        for number, product in enumerate(products, start=1)
    ]


def offered_warehouses(user: AbstractBaseUser | AnonymousUser | None) -> list[str]:
    """The codes of the warehouses that are in use. Without a user those that every installation begins with."""
    if user is None:
        return sorted(row["pk"] for row in json.loads((FIXTURES / "warehouses.json").read_text("utf-8")))
    return list(
        Warehouse.objects.filter(activo=True).order_by("codigo").values_list("codigo", flat=True)[:MOST_CHOICES]
    )


def example_suppliers() -> list[dict[str, Any]]:
    """The suppliers that every installation begins with, as rows of their sheet."""
    rows = json.loads((FIXTURES / "suppliers.json").read_text("utf-8"))
    return [{"codigo": row["pk"], **row["fields"], "activo": "sí" if row["fields"]["activo"] else "no"} for row in rows]
