"""What clients need to know around the products: the categories, and their own suppliers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import CharFilter, FilterSet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import docs, search
from catalog.models import Category, Supplier
from medisupply.api.paging import filtered, numbered


class CategoryFilters(FilterSet):
    q = CharFilter(method="_search", max_length=64)

    def _search(self, rows: QuerySet[Category], name: str, value: str) -> QuerySet[Category]:
        return search.matching(rows, ("nombre",), value)


class CategoryListView(APIView):
    @docs.CATEGORIES
    def get(self, request: Request) -> Response:
        categories = filtered(request, CategoryFilters, Category.objects.for_user(request.user).order_by("nombre"))
        return Response(numbered(request, categories, _category))


class SupplierListView(APIView):
    @docs.SUPPLIERS
    def get(self, request: Request) -> Response:
        suppliers = Supplier.objects.for_user(request.user, "catalog.view_supplier").order_by("codigo")
        return Response(numbered(request, suppliers, _supplier))


def _category(category: Category) -> dict[str, Any]:
    return {"nombre": category.nombre}


def _supplier(supplier: Supplier) -> dict[str, Any]:
    return {
        "codigo": supplier.codigo,
        "nombre": supplier.nombre,
        "nit": supplier.nit,
        "email": supplier.email,
        "activo": supplier.activo,
    }
