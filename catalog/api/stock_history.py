"""`inventory/bodega/…/productos/history`: where the values of a lot come from."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.row_history import describe, history_page, of_fields
from catalog.api.warehouses import TAG, WAREHOUSE_ID, warehouse_named
from catalog.models import StockLot
from medisupply.api.json import valid


class LotParams(serializers.Serializer[dict[str, Any]]):
    producto_id = serializers.CharField(max_length=64, trim_whitespace=False, help_text="El producto del lote.")
    lote = serializers.CharField(
        max_length=64,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        help_text="El lote; vacío si las unidades no tienen lote.",
    )


class StockHistoryView(APIView):
    params = of_fields(StockLot)

    @describe(
        "ver_historia_de_existencias",
        "un lote en una bodega",
        tag=TAG,
        page="StockHistoryPage",
        parameters=[WAREHOUSE_ID, LotParams, params],
        changes={"cantidad": (8, 120)},
    )
    def get(self, request: Request, bodega_id: str) -> Response:
        warehouse = warehouse_named(bodega_id)
        wanted, field = valid(LotParams, request.query_params), valid(self.params, request.query_params)["campo"]
        lots = StockLot.objects.for_user(request.user).select_related("producto")
        lot = lots.filter(bodega=warehouse, producto=wanted["producto_id"], lote=wanted["lote"]).first()
        if lot is None:
            raise Http404
        return history_page(request, lot, field)
