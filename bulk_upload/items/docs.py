"""What the schema says of products. Their fields come from the sheet's columns."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from bulk_upload.columns import COLUMNS, Column
from medisupply.openapi import JSON, NUMBERED_META, PAGE, SIZE, NumberedMeta, answer, operation, query

TAG: Final = "Productos"
ITEM_ID: Final = OpenApiParameter(
    "item_id",
    str,
    OpenApiParameter.PATH,
    description="El id del producto, codificado y exacto: una barra final es parte del id.",
)
SUPPLIER: Final = query(
    "proveedor_id", "El proveedor, si el usuario tiene varios.", {"type": "string", "maxLength": 32}
)


def _field(column: Column) -> serializers.Field[Any, Any, Any, Any]:
    text = column.rule.es
    if column.kind == "decimal":
        return serializers.DecimalField(max_digits=12, decimal_places=2, help_text=text)
    if column.kind == "integer":
        return serializers.IntegerField(help_text=text)
    if column.kind == "boolean":
        return serializers.BooleanField(help_text=text)
    if column.kind == "date":
        return serializers.DateField(help_text=text)
    return serializers.CharField(max_length=column.max_length, allow_blank=not column.required, help_text=text)


class KnownBesides(serializers.Serializer[Any]):
    proveedor_id = serializers.CharField()
    activo = serializers.BooleanField()
    version = serializers.IntegerField(help_text="Aumenta con cada cambio.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class Warned(serializers.Serializer[Any]):
    columna = serializers.CharField()
    codigo = serializers.CharField()
    mensaje = serializers.CharField()
    valor = serializers.CharField(allow_blank=True)


_FIELDS: Final[dict[str, Any]] = {column.name: _field(column) for column in COLUMNS}
Item: Any = type("Item", (KnownBesides,), dict(_FIELDS))
ItemWritten: Any = type("ItemWritten", (Item,), {"advertencias": Warned(many=True)})


class ItemPage(serializers.Serializer[Any]):
    items = Item(many=True)
    meta = NumberedMeta()


def _given(column: Column) -> dict[str, Any]:
    """The schema of a value as it may be sent: JSON's own kind, or the text that a sheet would hold."""
    kind: dict[str, Any] = {
        "decimal": {"type": ["number", "string", "null"]},
        "integer": {"type": ["integer", "string", "null"]},
        "boolean": {"type": ["boolean", "string", "null"]},
    }.get(column.kind, {"type": ["string", "null"]})
    if column.required:
        kind["type"].remove("null")
    if column.minimum is not None:
        kind |= {"minimum": column.minimum, "maximum": column.maximum}
    return {**kind, "description": column.rule.es}


def _request(*, partial: bool) -> dict[str, Any]:
    properties = {column.name: _given(column) for column in COLUMNS}
    properties["activo"] = {"type": ["boolean", "null"], "description": "Si el producto se ofrece."}
    body: dict[str, Any] = {"type": "object", "properties": properties}
    if not partial:
        body["required"] = [column.name for column in COLUMNS if column.required]
    return {JSON: body}


_SENT: Final = {column.name: column.example for column in COLUMNS}
_EXAMPLE: Final[dict[str, Any]] = {
    **_SENT,
    "precio_unitario": "42500.50",
    "requiere_lote": True,
    "requiere_vencimiento": True,
    "proveedor_id": "PROV001",
    "activo": True,
    "version": 1,
    "created_at": "2026-01-20T10:00:00.000Z",
    "updated_at": "2026-01-20T10:00:00.000Z",
}
_WARNING: Final = {
    "columna": "categoria",
    "codigo": "new_category",
    "mensaje": "La categoría «PROTECCION PERSONAL» no existía y se creó: revise que esté bien escrita.",
    "valor": "PROTECCION PERSONAL",
}
_WRITTEN: Final = {**_EXAMPLE, "advertencias": [_WARNING]}
_WRONG: Final = [("invalid", "El campo obligatorio «nombre» está vacío: escriba un valor.")]
_TAKEN: Final = [
    ("duplicate_product", "Ya existe un producto con id «PROD001»."),
    ("other_supplier", "El codigo «7701234567897» ya lo usa un producto de otro proveedor: use otro codigo."),
]
_MEDIA: Final = [("unsupported_media_type", "Tipo de medio “text/csv” incompatible en la solicitud.")]


def _example(value: Any) -> list[OpenApiExample]:
    return [OpenApiExample("Un producto", value, request_only=True)]


LIST = operation(
    "listar_productos",
    "Buscar productos",
    tag=TAG,
    parameters=[
        query(
            "q",
            "Palabras del id, el código, el nombre o la categoría, sin importar tildes ni mayúsculas.",
            {"type": "string", "maxLength": 100},
        ),
        query("categoria", "Categoría.", {"type": "string", "maxLength": 64}),
        query("proveedor_id", "Proveedor.", {"type": "string", "maxLength": 32}),
        query("activo", "Solo activos (true) o inactivos (false).", OpenApiTypes.BOOL),
        query(
            "ordering",
            "Campos separados por comas; con «-» delante, de mayor a menor: id, nombre, codigo, categoria, "
            "precio_unitario, updated_at.",
        ),
        PAGE,
        SIZE,
    ],
    answers={200: answer(ItemPage, "Una página de productos.", {"items": [_EXAMPLE], "meta": NUMBERED_META})},
    failures=[400],
)

CREATE = operation(
    "crear_producto",
    "Crear un producto",
    tag=TAG,
    description="Valen las mismas reglas que en la hoja: vea `bulk-upload/columns`.",
    parameters=[SUPPLIER],
    request=_request(partial=False),
    examples=_example(_SENT),
    answers={201: answer(ItemWritten, "Creado.", _WRITTEN)},
    failures=[400, 403, 409, 415],
    codes={400: _WRONG, 409: _TAKEN, 415: _MEDIA},
)

RETRIEVE = operation(
    "ver_producto",
    "Ver un producto",
    tag=TAG,
    parameters=[ITEM_ID],
    answers={200: answer(Item, "El producto.", _EXAMPLE)},
    failures=[404],
)

REPLACE = operation(
    "reemplazar_producto",
    "Reemplazar un producto",
    tag=TAG,
    description="Lo opcional que no se envíe vuelve a su valor por defecto. El id no cambia.",
    parameters=[ITEM_ID],
    request=_request(partial=False),
    examples=_example(_SENT),
    answers={200: answer(ItemWritten, "El producto, ya cambiado.", _WRITTEN)},
    failures=[400, 403, 404, 409, 415],
    codes={400: _WRONG, 409: _TAKEN, 415: _MEDIA},
)

CHANGE = operation(
    "cambiar_producto",
    "Cambiar algunos datos de un producto",
    tag=TAG,
    description="Lo que no se envíe queda igual; un opcional nulo o vacío vuelve a su valor por defecto.",
    parameters=[ITEM_ID],
    request=_request(partial=True),
    examples=_example({"precio_unitario": "43000.00"}),
    answers={200: answer(ItemWritten, "El producto, ya cambiado.", _WRITTEN)},
    failures=[400, 403, 404, 409, 415],
    codes={400: _WRONG, 409: _TAKEN, 415: _MEDIA},
)

DELETE = operation(
    "borrar_producto",
    "Borrar un producto",
    tag=TAG,
    description="Para dejar de ofrecerlo sin borrarlo, cambie `activo` a false. Mientras haya existencias suyas en una "
    "bodega no se puede borrar.",
    parameters=[ITEM_ID],
    answers={204: OpenApiResponse(None, "Borrado.")},
    failures=[403, 404, 409],
    codes={409: [("product_in_stock", "Hay existencias de este producto en bodega: no se puede borrar.")]},
)
