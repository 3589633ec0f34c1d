"""`items/…/history`: where the values of a product come from."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.items.access import ITEM_ID, TAG, visible_item
from catalog.api.row_history import describe, history_page, of_fields
from catalog.models import Product
from medisupply.api.json import valid


class ItemHistoryView(APIView):
    params = of_fields(Product)

    @describe(
        "ver_historia_de_producto",
        "un producto",
        tag=TAG,
        page="HistoryPage",
        parameters=[ITEM_ID, params],
        changes={"precio_unitario": ("42500.50", "43000.00")},
    )
    def get(self, request: Request, item_id: str) -> Response:
        product = visible_item(request, item_id)
        return history_page(request, product, valid(self.params, request.query_params)["campo"])
