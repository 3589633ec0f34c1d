"""Which products a user may see, and the one that an address names."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from catalog.api.unaddressable import UNADDRESSABLE
from catalog.models import Product, Supplier, SupplierQuerySet
from medisupply.api.schema import in_path

TAG: Final = "Productos"
ITEM_ID: Final = in_path("item_id", "El id del producto, codificado y exacto: una barra final es parte del id.")


def visible_suppliers(request: Any) -> SupplierQuerySet:
    return Supplier.objects.for_user(request.user, "catalog.view_product")


def visible_items(request: Request) -> QuerySet[Product]:
    return visible_suppliers(request).own(Product.objects.all())


def visible_item(request: Request, item_id: str) -> Product:
    """The product whose id is what the address has, decoded once."""
    product = None if UNADDRESSABLE.search(item_id) else visible_items(request).filter(pk=item_id).first()
    if product is None:
        raise Http404
    return product
