"""Products, warehouses and lots for tests."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from catalog.models import Category, Product, StockLot, Supplier, Warehouse


def make_product(key: str, supplier: Supplier, **changes: Any) -> Product:
    values: dict[str, Any] = {
        "nombre": f"Producto {key}",
        "codigo": f"C-{key}",
        "categoria": Category.objects.get_or_create(nombre="GASAS")[0],
        "precio_unitario": "12.50",
        "certificado_sanitario": "INVIMA",
        "condiciones_almacenamiento": "Seco",
        "tiempo_entrega_dias": 5,
        "stock_minimo": 10,
        "stock_critico": 5,
        **changes,
    }
    return Product.objects.create(id=key, proveedor=supplier, **values)


def make_warehouse(code: str = "BOG_CENTRAL", **changes: Any) -> Warehouse:
    return Warehouse.objects.create(codigo=code, **{"nombre": f"Bodega {code}", "pais": "CO", **changes})


def make_lot(product: Product, warehouse: Warehouse, **changes: Any) -> StockLot:
    return StockLot.objects.create(producto=product, bodega=warehouse, **{"cantidad": 50, **changes})


def api_of(name: str, *permissions: str, supplier: Supplier | None = None, **fields: Any) -> APIClient:
    """A client of a new user, with these permissions."""
    user = User.objects.create_user(name, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    if supplier:
        supplier.usuarios.add(user)
    client = APIClient(headers={"accept-language": "es"})
    client.force_authenticate(user)
    return client
