"""`items`: search the catalogue, and change one product at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import quote

from django.db.models import ProtectedError, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import CharFilter, FilterSet, OrderingFilter
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bulk_upload.api.access import supplier_for
from bulk_upload.api.schema import SupplierChoice
from bulk_upload.checking.results import Problem
from bulk_upload.history.edits import Editor
from bulk_upload.models import EditSource
from catalog import search
from catalog.api.items import changes
from catalog.api.items.access import ITEM_ID, TAG, visible_item, visible_items, visible_suppliers
from catalog.api.items.rules import CheckedItem, check_changes, check_new
from catalog.api.items.serializers import (
    EXAMPLE,
    SENT,
    WRITTEN,
    Item,
    ItemWritten,
    refusal,
    request_schema,
    written,
)
from catalog.models import Product, Supplier
from medisupply.api.errors import Conflict, Unavailable
from medisupply.api.filters import TrueOrFalseFilter, filter_parameters, filtered
from medisupply.api.json import valid
from medisupply.api.paging import PageParams, numbered, page_answer
from medisupply.api.schema import MEDIA_TYPE, Describe, ErrorCase, answer, operation

Answer = TypeVar("Answer")
ORDERS: Final = ("id", "nombre", "codigo", "categoria", "precio_unitario", "updated_at")
IN_STOCK: Final = ErrorCase(
    409, "product_in_stock", _("Hay existencias de este producto en bodega: no se puede borrar.")
)


class ItemOrder(OrderingFilter):
    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        """Always to the end: rows that are equal in what was asked for keep one order from page to page."""
        return qs.order_by(*(self.get_ordering_value(name) for name in value or []), "id")


class ItemFilters(FilterSet):
    q = CharFilter(
        method="_search",
        max_length=100,
        help_text="Palabras del id, el código, el nombre o la categoría, sin importar tildes ni mayúsculas.",
    )
    categoria = CharFilter(method="_of_category", max_length=64, help_text="Categoría.")
    proveedor_id = CharFilter(max_length=32, help_text="Proveedor.")
    activo = TrueOrFalseFilter(help_text="Solo activos (true) o inactivos (false).")
    ordering = ItemOrder(
        fields=ORDERS,
        help_text=f"Campos separados por comas; con «-» delante, de mayor a menor: {', '.join(ORDERS)}.",
    )

    def _search(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        suppliers = visible_suppliers(self.request)
        if chosen := self.form.cleaned_data["proveedor_id"]:
            suppliers = suppliers.filter(pk=chosen)
        return search.products(rows, value, suppliers)

    def _of_category(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        return rows.filter(categoria=value.upper())


def _write(name: str, summary: str, description: str, *, sent: dict[str, Any] = SENT) -> Describe:
    """A request that writes a product: one that creates it, or changes the one that the address names."""
    creates, partial = name == "crear_producto", sent is not SENT
    status, said = (201, "Creado.") if creates else (200, "El producto, ya cambiado.")
    return operation(
        name,
        summary,
        tag=TAG,
        description=description,
        parameters=[SupplierChoice if creates else ITEM_ID],
        request=request_schema(partial=partial),
        examples=[OpenApiExample("Un producto", sent, request_only=True)],
        answers={status: answer(ItemWritten, said, WRITTEN)},
        errors=[
            ErrorCase(400, "invalid", "El campo obligatorio «nombre» está vacío: escriba un valor.", "nombre"),
            403,
            ErrorCase(409, "duplicate_product", "Ya existe un producto con id «PROD001».", "id"),
            ErrorCase(
                409,
                "other_supplier",
                "El codigo «7701234567897» ya lo usa un producto de otro proveedor: use otro codigo.",
                "codigo",
            ),
            MEDIA_TYPE,
        ],
    )


class ItemListView(APIView):
    @operation(
        "listar_productos",
        "Buscar productos",
        tag=TAG,
        parameters=[*filter_parameters(ItemFilters), PageParams],
        answers=page_answer("ItemPage", "Una página de productos.", Item, EXAMPLE),
    )
    def get(self, request: Request) -> Response:
        items = filtered(request, ItemFilters, visible_items(request))
        return Response(numbered(request, items if items.ordered else items.order_by("id"), Item.render))

    @_write("crear_producto", "Crear un producto", "Valen las mismas reglas que en la hoja: vea `bulk-upload/columns`.")
    def post(self, request: Request) -> Response:
        data = _object(request)
        choice = valid(SupplierChoice, {**_named_supplier(data), **request.query_params.dict()})
        supplier = supplier_for(request, choice.get("proveedor_id"), "catalog.add_product")
        body = _written(lambda: changes.create(check_new(data), supplier, _editor(request)))
        return Response(body, status=201, headers={"Location": f"{request.path.rstrip('/')}/{quote(body['id'])}"})


class ItemView(APIView):
    @operation(
        "ver_producto",
        "Ver un producto",
        tag=TAG,
        parameters=[ITEM_ID],
        answers={200: answer(Item, "El producto.", EXAMPLE)},
    )
    def get(self, request: Request, item_id: str) -> Response:
        return Response(Item.render(visible_item(request, item_id)))

    @_write(
        "reemplazar_producto",
        "Reemplazar un producto",
        "Lo opcional que no se envíe vuelve a su valor por defecto. El id no cambia.",
    )
    def put(self, request: Request, item_id: str) -> Response:
        product = _changeable(request, item_id, "catalog.change_product")
        return _change(request, product, check_new(_object(request), item_id))

    @_write(
        "cambiar_producto",
        "Cambiar algunos datos de un producto",
        "Lo que no se envíe queda igual; un opcional nulo o vacío vuelve a su valor por defecto.",
        sent={"precio_unitario": "43000.00"},
    )
    def patch(self, request: Request, item_id: str) -> Response:
        product = _changeable(request, item_id, "catalog.change_product")
        return _change(request, product, check_changes(_object(request), item_id))

    @operation(
        "borrar_producto",
        "Borrar un producto",
        tag=TAG,
        description="Para dejar de ofrecerlo sin borrarlo, cambie `activo` a false. Mientras haya existencias suyas "
        "en una bodega no se puede borrar.",
        parameters=[ITEM_ID],
        answers={204: OpenApiResponse(None, "Borrado.")},
        errors=[403, IN_STOCK],
    )
    def delete(self, request: Request, item_id: str) -> Response:
        product = _changeable(request, item_id, "catalog.delete_product")
        try:
            _uncontended(lambda: changes.delete(product, _editor(request)))
        except ProtectedError as error:
            raise Conflict(IN_STOCK.sentence, code=IN_STOCK.code) from error
        return Response(status=204)


def _editor(request: Request) -> Editor:
    return Editor(request.user, EditSource.API)


def _object(request: Request) -> dict[str, Any]:
    """The body, which its parser knows to be an object."""
    data: dict[str, Any] = dict(request.data)
    return data


def _changeable(request: Request, item_id: str, permission: str) -> Product:
    product = visible_item(request, item_id)
    if not Supplier.objects.for_user(request.user, permission).filter(pk=product.proveedor_id).exists():
        raise PermissionDenied
    return product


def _change(request: Request, product: Product, item: CheckedItem) -> Response:
    if not item.problems and item.id != product.pk:
        message = _("El id de un producto no cambia: «%(id)s».") % {"id": product.pk}
        raise ValidationError({"id": [message]}, code="id_mismatch")
    return Response(_written(lambda: changes.change(item, product.proveedor_id, product.pk, _editor(request))))


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
        raise refusal(refused.problems, conflict=refused.conflict) from refused
    except changes.NotThere as error:
        raise Http404 from error
    return written(product, warnings)


def _named_supplier(data: dict[str, Any]) -> dict[str, Any]:
    return {"proveedor_id": data["proveedor_id"]} if data.get("proveedor_id") is not None else {}
