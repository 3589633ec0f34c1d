"""`items`: search the catalogue, and change one product at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import quote

from django.db.models import ProtectedError, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.rest_framework import BooleanFilter, CharFilter, FilterSet, OrderingFilter
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.views import APIView

from bulk_upload.api.access import supplier_for
from bulk_upload.checking.results import Problem
from bulk_upload.items import changes, docs, wire
from bulk_upload.items.rules import CheckedItem, check_changes, check_new
from catalog import search
from catalog.models import Product, Supplier, SupplierQuerySet
from medisupply.errors import Conflict, Unavailable
from medisupply.pages import filtered, numbered

Answer = TypeVar("Answer")
# NUL, which no id has, and what Django makes of bytes in an address that are no UTF-8: an id may hold that text, too.
UNADDRESSABLE: Final = re.compile(r"\x00|%[89A-F][0-9A-F]")
ORDERS: Final = ("id", "nombre", "codigo", "categoria", "precio_unitario", "updated_at")


class ItemOrder(OrderingFilter):
    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        """Always to the end: rows that are equal in what was asked for keep one order from page to page."""
        return qs.order_by(*(self.get_ordering_value(name) for name in value or []), "id")


class ItemFilters(FilterSet):
    q = CharFilter(method="_search", max_length=100)
    categoria = CharFilter(method="_of_category", max_length=64)
    proveedor_id = CharFilter(field_name="proveedor_id", max_length=32)
    activo = BooleanFilter()
    ordering = ItemOrder(fields=ORDERS)

    def _search(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        suppliers = _suppliers(self.request)
        if chosen := self.form.cleaned_data["proveedor_id"]:
            suppliers = suppliers.filter(pk=chosen)
        return search.products(rows, value, suppliers)

    def _of_category(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return rows.filter(categoria=value.upper())


class SupplierChoice(Serializer[dict[str, Any]]):
    proveedor_id = CharField(required=False, max_length=32)


class ItemListView(APIView):
    @docs.LIST
    def get(self, request: Request) -> Response:
        items = filtered(request, ItemFilters, _visible(request))
        return Response(numbered(request, items if items.ordered else items.order_by("id"), wire.item))

    @docs.CREATE
    def post(self, request: Request) -> Response:
        data = _object(request)
        choice = SupplierChoice(data={**_named_supplier(data), **request.query_params.dict()})
        choice.is_valid(raise_exception=True)
        supplier = supplier_for(request, choice.validated_data.get("proveedor_id"), "catalog.add_product")
        body = _written(lambda: changes.create(check_new(data), supplier))
        return Response(body, status=201, headers={"Location": f"{request.path.rstrip('/')}/{quote(body['id'])}"})


class ItemView(APIView):
    @docs.RETRIEVE
    def get(self, request: Request, item_id: str) -> Response:
        return Response(wire.item(_one(request, item_id)))

    @docs.REPLACE
    def put(self, request: Request, item_id: str) -> Response:
        product = _changeable(request, item_id, "catalog.change_product")
        return _change(product, check_new(_object(request), item_id))

    @docs.CHANGE
    def patch(self, request: Request, item_id: str) -> Response:
        product = _changeable(request, item_id, "catalog.change_product")
        return _change(product, check_changes(_object(request), item_id))

    @docs.DELETE
    def delete(self, request: Request, item_id: str) -> Response:
        product = _changeable(request, item_id, "catalog.delete_product")
        try:
            _uncontended(lambda: changes.delete(product))
        except ProtectedError as error:
            message = _("Hay existencias de este producto en bodega: no se puede borrar.")
            raise Conflict(message, code="product_in_stock") from error
        return Response(status=204)


def _object(request: Request) -> dict[str, Any]:
    """The body, which its parser knows to be an object."""
    data: dict[str, Any] = dict(request.data)
    return data


def _suppliers(request: Any) -> SupplierQuerySet:
    return Supplier.objects.for_user(request.user, "catalog.view_product")


def _visible(request: Request) -> QuerySet[Product]:
    return _suppliers(request).own(Product.objects.all())


def _one(request: Request, item_id: str) -> Product:
    """The product whose id is what the address has, decoded once."""
    product = None if UNADDRESSABLE.search(item_id) else _visible(request).filter(pk=item_id).first()
    if product is None:
        raise Http404
    return product


def _changeable(request: Request, item_id: str, permission: str) -> Product:
    product = _one(request, item_id)
    if not Supplier.objects.for_user(request.user, permission).filter(pk=product.proveedor_id).exists():
        raise PermissionDenied
    return product


def _change(product: Product, item: CheckedItem) -> Response:
    if not item.problems and item.id != product.pk:
        message = _("El id de un producto no cambia: «%(id)s».") % {"id": product.pk}
        raise ValidationError({"id": [message]}, code="id_mismatch")
    return Response(_written(lambda: changes.change(item, product.proveedor_id, product.pk)))


def _uncontended(write: Callable[[], Answer]) -> Answer:
    try:
        return write()
    except changes.Contended as error:
        message = _("Otros cambios del mismo producto están en curso: intente de nuevo en un momento.")
        raise Unavailable(message, code="contended") from error


def _written(write: Callable[[], tuple[Product, list[Problem]]]) -> dict[str, Any]:
    try:
        product, warnings = _uncontended(write)
    except changes.Refused as refused:
        raise wire.refusal(refused.problems, conflict=refused.conflict) from refused
    except changes.NotThere as error:
        raise Http404 from error
    return wire.written(product, warnings)


def _named_supplier(data: dict[str, Any]) -> dict[str, Any]:
    return {"proveedor_id": data["proveedor_id"]} if data.get("proveedor_id") is not None else {}
