"""`categories`: those that exist."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import CharFilter, FilterSet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog import search
from catalog.api.lists import listed
from catalog.api.tags import MASTER_DATA
from catalog.models import Category
from medisupply.api.paging import filtered
from medisupply.api.schema import NUMBERED_META, PAGE, SIZE, NumberedMeta, answer, operation, query


class CategoryBody(serializers.Serializer[Any]):
    nombre = serializers.CharField()


class CategoryPage(serializers.Serializer[Any]):
    items = CategoryBody(many=True)
    meta = NumberedMeta()


class CategoryFilters(FilterSet):
    q = CharFilter(method="_search", max_length=64)

    def _search(self, rows: QuerySet[Category], name: str, value: str) -> QuerySet[Category]:
        return search.matching(rows, ("nombre",), value)


class CategoryListView(APIView):
    @operation(
        "listar_categorias",
        "Listar las categorías",
        tag=MASTER_DATA,
        parameters=[
            query("q", "Palabras del nombre, sin importar tildes.", {"type": "string", "maxLength": 64}),
            PAGE,
            SIZE,
        ],
        answers={
            200: answer(
                CategoryPage, "Una página de categorías.", {"items": [{"nombre": "GUANTES"}], "meta": NUMBERED_META}
            )
        },
        failures=[400],
    )
    def get(self, request: Request) -> Response:
        categories = filtered(request, CategoryFilters, Category.objects.for_user(request.user).order_by("nombre"))
        return Response(listed(request, categories, CategoryBody()))
