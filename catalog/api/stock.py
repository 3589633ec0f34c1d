"""`inventory/bodega/…/productos`: what is in store in a warehouse, lot by lot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.warehouses import COUNTRY_HELP, TAG, WAREHOUSE_ID, TimedMeta, timed, warehouse_named
from catalog.models import StockLot, StockState
from medisupply.api.json import valid
from medisupply.api.paging import PageParams, numbered, page_answer
from medisupply.api.schema import operation


class StockParams(serializers.Serializer[dict[str, Any]]):
    pais = serializers.CharField(max_length=2, default=None, help_text=COUNTRY_HELP)
    con_stock = serializers.BooleanField(
        default=True, help_text="Solo lotes con unidades (true), o también los agotados (false)."
    )


class StockItem(serializers.Serializer[Any]):
    producto_id = serializers.CharField(initial="PROD001")
    producto_nombre = serializers.CharField(source="producto.nombre", initial="Guantes de nitrilo talla M")
    producto_codigo = serializers.CharField(source="producto.codigo", initial="7701234567897")
    categoria = serializers.CharField(source="producto.categoria_id", initial="PROTECCION PERSONAL")
    precio_unitario = serializers.DecimalField(12, 2, source="producto.precio_unitario", initial=Decimal("42500.50"))
    bodega_id = serializers.CharField(initial="BOG_CENTRAL")
    pais = serializers.CharField(source="bodega.pais", initial="CO")
    lote = serializers.CharField(allow_blank=True, initial="L2301", help_text="Vacío si las unidades no tienen lote.")
    cantidad = serializers.IntegerField(initial=8)
    fecha_vencimiento = serializers.DateField(allow_null=True, initial=date(2027, 3, 31))
    condiciones = serializers.CharField(
        allow_blank=True, initial="Lugar fresco y seco", help_text="Condiciones de este lote."
    )
    stock_minimo = serializers.IntegerField(source="producto.stock_minimo", initial=20)
    stock_critico = serializers.IntegerField(source="producto.stock_critico", initial=5)
    estado_stock = serializers.ChoiceField(
        choices=StockState.choices,
        initial="BAJO",
        help_text="Según la cantidad del lote: CRITICO hasta `stock_critico`, BAJO hasta `stock_minimo`, o NORMAL.",
    )


class StockMeta(TimedMeta):
    bodega_id = serializers.CharField(initial="BOG_CENTRAL")
    pais = serializers.CharField(allow_null=True, initial=None, help_text="El que se pidió.")
    con_stock = serializers.BooleanField(initial=True)


class StockView(APIView):
    @operation(
        "listar_existencias",
        "Ver lo que hay en una bodega",
        tag=TAG,
        description="Los lotes de sus productos en la bodega, por nombre de producto. Un país que no es el de la "
        "bodega da una página vacía.",
        parameters=[WAREHOUSE_ID, StockParams, PageParams],
        answers=page_answer("StockPage", "Una página de existencias.", StockItem, meta=StockMeta),
    )
    def get(self, request: Request, bodega_id: str) -> Response:
        warehouse = warehouse_named(bodega_id)
        # An empty parameter is one that was not given.
        params = valid(StockParams, {name: value for name, value in request.query_params.items() if value})
        country, only_in_stock = params["pais"], params["con_stock"]
        country = country and country.upper()
        lots = StockLot.objects.for_user(request.user).filter(bodega=warehouse)
        if only_in_stock:
            lots = lots.filter(cantidad__gt=0)
        if country not in (None, warehouse.pais):
            lots = lots.none()
        page = numbered(request, _in_order(lots), StockItem().to_representation)
        return Response(timed(page, bodega_id=warehouse.pk, pais=country, con_stock=only_in_stock))


def _in_order(lots: QuerySet[StockLot]) -> QuerySet[StockLot]:
    """By the product's name, and to the end: no lot is on two pages or on none."""
    return lots.select_related("producto", "bodega").order_by("producto__nombre", "producto_id", "lote")
