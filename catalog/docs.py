"""What the schema says of the catalogue's own lists."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from medisupply.api.schema import NUMBERED_META, PAGE, SIZE, NumberedMeta, answer, operation, query

TAG: Final = "Datos maestros"  # ASCII: generators of clients make a module of it


class CategoryBody(serializers.Serializer[Any]):
    nombre = serializers.CharField()


class CategoryPage(serializers.Serializer[Any]):
    items = CategoryBody(many=True)
    meta = NumberedMeta()


class SupplierBody(serializers.Serializer[Any]):
    codigo = serializers.CharField()
    nombre = serializers.CharField()
    nit = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    activo = serializers.BooleanField()


class SupplierPage(serializers.Serializer[Any]):
    items = SupplierBody(many=True)
    meta = NumberedMeta()


_SUPPLIER: Final = {
    "codigo": "PROV001",
    "nombre": "Suministros Clínicos Frailejón S.A.S.",
    "nit": "900000101-0",
    "email": "catalogo@frailejon.example",
    "activo": True,
}

CATEGORIES = operation(
    "listar_categorias",
    "Listar las categorías",
    tag=TAG,
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

SUPPLIERS = operation(
    "listar_proveedores",
    "Listar los proveedores por los que se puede actuar",
    tag=TAG,
    parameters=[PAGE, SIZE],
    answers={200: answer(SupplierPage, "Una página de proveedores.", {"items": [_SUPPLIER], "meta": NUMBERED_META})},
    failures=[400],
)
