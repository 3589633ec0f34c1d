"""`inventory/bodega/…/productos`: what is in store in a warehouse, lot by lot."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.tags import WAREHOUSES
from catalog.api.timed_pages import TIMED_META, TimedMeta, timed
from catalog.api.warehouses import COUNTRY_QUERY, WAREHOUSE_ID, warehouse_named
from catalog.models import StockLot, StockState
from medisupply.api.json import valid
from medisupply.api.paging import PAGE, SIZE, numbered, page_answer
from medisupply.api.schema import operation, query


class StockParams(serializers.Serializer[dict[str, Any]]):
    pais = serializers.CharField(max_length=2, default=None)
    con_stock = serializers.BooleanField(default=True)


class StockItem(serializers.Serializer[Any]):
    producto_id = serializers.CharField()
    producto_nombre = serializers.CharField(source="producto.nombre")
    producto_codigo = serializers.CharField(source="producto.codigo")
    categoria = serializers.CharField(source="producto.categoria_id")
    precio_unitario = serializers.DecimalField(source="producto.precio_unitario", max_digits=12, decimal_places=2)
    bodega_id = serializers.CharField()
    pais = serializers.CharField(source="bodega.pais")
    lote = serializers.CharField(allow_blank=True, help_text="Vacío si las unidades no tienen lote.")
    cantidad = serializers.IntegerField()
    fecha_vencimiento = serializers.DateField(allow_null=True)
    condiciones = serializers.CharField(allow_blank=True, help_text="Condiciones de este lote.")
    stock_minimo = serializers.IntegerField(source="producto.stock_minimo")
    stock_critico = serializers.IntegerField(source="producto.stock_critico")
    estado_stock = serializers.ChoiceField(
        choices=StockState.choices,
        help_text="Según la cantidad del lote: CRITICO hasta `stock_critico`, BAJO hasta `stock_minimo`, o NORMAL.",
    )


class StockMeta(TimedMeta):
    bodega_id = serializers.CharField()
    pais = serializers.CharField(allow_null=True, help_text="El que se pidió.")
    con_stock = serializers.BooleanField()


_LOT: Final = {
    "producto_id": "PROD001",
    "producto_nombre": "Guantes de nitrilo talla M",
    "producto_codigo": "7701234567897",
    "categoria": "PROTECCION PERSONAL",
    "precio_unitario": "42500.50",
    "bodega_id": "BOG_CENTRAL",
    "pais": "CO",
    "lote": "L2301",
    "cantidad": 8,
    "fecha_vencimiento": "2027-03-31",
    "condiciones": "Lugar fresco y seco",
    "stock_minimo": 20,
    "stock_critico": 5,
    "estado_stock": "BAJO",
}
_META: Final = {**TIMED_META, "bodega_id": "BOG_CENTRAL", "pais": None, "con_stock": True}


class StockView(APIView):
    @operation(
        "listar_existencias",
        "Ver lo que hay en una bodega",
        tag=WAREHOUSES,
        description="Los lotes de sus productos en la bodega, por nombre de producto. Un país que no es el de la "
        "bodega da una página vacía.",
        parameters=[
            WAREHOUSE_ID,
            COUNTRY_QUERY,
            query(
                "con_stock",
                "Solo lotes con unidades (true), o también los agotados (false).",
                OpenApiTypes.BOOL,
                default=True,
            ),
            PAGE,
            SIZE,
        ],
        answers=page_answer("StockPage", "Una página de existencias.", StockItem, _LOT, StockMeta, _META),
        errors=[400, 404],
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
