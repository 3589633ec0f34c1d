"""`suppliers`: those that the user may act for, and where their values come from."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.categories import TAG
from catalog.api.row_history import describe, history_page, of_fields
from catalog.api.unaddressable import UNADDRESSABLE
from catalog.models import Supplier, SupplierQuerySet
from medisupply.api.json import valid
from medisupply.api.paging import PageParams, numbered, page_answer
from medisupply.api.schema import in_path, operation

SUPPLIER_ID: Final = in_path("proveedor_id", "El código del proveedor, codificado y exacto.")


class SupplierBody(serializers.Serializer[Any]):
    codigo = serializers.CharField(initial="PROV001")
    nombre = serializers.CharField(initial="Suministros Clínicos Frailejón S.A.S.")
    nit = serializers.CharField(allow_blank=True, initial="900000101-0")
    email = serializers.CharField(allow_blank=True, source="contacto_email", initial="catalogo@frailejon.example")
    activo = serializers.BooleanField(initial=True)


class SupplierListView(APIView):
    @operation(
        "listar_proveedores",
        "Listar los proveedores por los que se puede actuar",
        tag=TAG,
        parameters=[PageParams],
        answers=page_answer("SupplierPage", "Una página de proveedores.", SupplierBody),
    )
    def get(self, request: Request) -> Response:
        return Response(numbered(request, _visible(request).order_by("codigo"), SupplierBody().to_representation))


class SupplierHistoryView(APIView):
    params = of_fields(Supplier)

    @describe(
        "ver_historia_de_proveedor",
        "un proveedor",
        tag=TAG,
        page="SupplierHistoryPage",
        parameters=[SUPPLIER_ID, params],
        changes={"telefono": ("6017420011", "6017420012")},
    )
    def get(self, request: Request, proveedor_id: str) -> Response:
        supplier = None if UNADDRESSABLE.search(proveedor_id) else _visible(request).filter(pk=proveedor_id).first()
        if supplier is None:
            raise Http404
        return history_page(request, supplier, valid(self.params, request.query_params)["campo"])


def _visible(request: Request) -> SupplierQuerySet:
    return Supplier.objects.for_user(request.user, "catalog.view_supplier")
