"""`suppliers`: those that the user may act for."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.tags import MASTER_DATA
from catalog.models import Supplier
from medisupply.api.paging import PAGE, SIZE, numbered, page_answer
from medisupply.api.schema import operation


class SupplierBody(serializers.Serializer[Any]):
    codigo = serializers.CharField()
    nombre = serializers.CharField()
    nit = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True, source="contacto_email")
    activo = serializers.BooleanField()


_SUPPLIER: Final = {
    "codigo": "PROV001",
    "nombre": "Suministros Clínicos Frailejón S.A.S.",
    "nit": "900000101-0",
    "email": "catalogo@frailejon.example",
    "activo": True,
}


class SupplierListView(APIView):
    @operation(
        "listar_proveedores",
        "Listar los proveedores por los que se puede actuar",
        tag=MASTER_DATA,
        parameters=[PAGE, SIZE],
        answers=page_answer("SupplierPage", "Una página de proveedores.", SupplierBody, _SUPPLIER),
        errors=[400],
    )
    def get(self, request: Request) -> Response:
        suppliers = Supplier.objects.for_user(request.user, "catalog.view_supplier").order_by("codigo")
        return Response(numbered(request, suppliers, SupplierBody().to_representation))
