"""`categories`: those that a sheet may name, as far as the user may see them."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django_filters.rest_framework import CharFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import search
from catalog.models import Category
from medisupply.api.filters import filter_parameters, filtered
from medisupply.api.paging import PageParams, numbered, page_answer
from medisupply.api.schema import operation

TAG: Final = "Datos maestros"


class CategoryBody(serializers.Serializer[Any]):
    nombre = serializers.CharField(initial="GUANTES")


class CategoryFilters(FilterSet):
    q = CharFilter(method="_search", max_length=64, help_text="Palabras del nombre, sin importar tildes.")

    def _search(self, rows: QuerySet[Category], name: str, value: str) -> QuerySet[Category]:
        return search.matching(rows, ("nombre",), value)


class CategoryListView(APIView):
    @operation(
        "listar_categorias",
        "Listar las categorías",
        tag=TAG,
        parameters=[*filter_parameters(CategoryFilters), PageParams],
        answers=page_answer("CategoryPage", "Una página de categorías.", CategoryBody),
    )
    def get(self, request: Request) -> Response:
        categories = filtered(request, CategoryFilters, Category.objects.for_user(request.user).order_by("nombre"))
        return Response(numbered(request, categories, CategoryBody().to_representation))
