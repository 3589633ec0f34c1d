"""`suppliers`: those that the user may act for."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.categories import TAG
from catalog.models import Supplier
from medisupply.api.paging import PageParams, numbered, page_answer
from medisupply.api.schema import operation


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
        suppliers = Supplier.objects.for_user(request.user, "catalog.view_supplier").order_by("codigo")
        return Response(numbered(request, suppliers, SupplierBody().to_representation))
