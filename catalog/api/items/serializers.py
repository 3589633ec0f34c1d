"""Products as the API reads and answers them. Their fields come from the sheet's columns.

A decimal is a text with all its places, exact in any language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from bulk_upload.checking.results import Problem
from bulk_upload.models import iso_utc
from bulk_upload.sheet.columns import Column, DecimalColumn
from bulk_upload.wording import text_of
from catalog.api.items.rules import check_new
from catalog.models import Product
from catalog.sheets.products import PRODUCTS
from medisupply.api.errors import FieldConflict
from medisupply.api.json import language as current_language
from medisupply.api.rendering import Rendered
from medisupply.api.schema import JSON

# What the response holds of a column, and which types of JSON a client may send for it: JSON's own, or the text that a
# sheet would hold.
_KINDS: Final[dict[str, tuple[Callable[..., Any], list[str]]]] = {
    "decimal": (serializers.DecimalField, ["number", "string", "null"]),
    "integer": (serializers.IntegerField, ["integer", "string", "null"]),
    "boolean": (serializers.BooleanField, ["boolean", "string", "null"]),
    "date": (serializers.DateField, ["string", "null"]),
}


def _attribute(column: Column) -> str:
    """The attribute of a product that holds the column's value."""
    return "categoria_id" if column.name == "categoria" else column.name


def _field(column: Column) -> Any:
    attribute = _attribute(column)
    more: dict[str, Any] = {"source": None if attribute == column.name else attribute, "help_text": column.rule.es}
    if isinstance(column, DecimalColumn):
        more |= {"max_digits": column.digits, "decimal_places": column.places}
    if column.kind in _KINDS:
        more |= {"allow_null": True} if column.default is None and not column.required else {}
        return _KINDS[column.kind][0](**more)
    return serializers.CharField(max_length=column.max_length, allow_blank=not column.required, **more)


class KnownBesides(Rendered):
    proveedor_id = serializers.CharField()
    activo = serializers.BooleanField()
    version = serializers.IntegerField(help_text="Aumenta con cada cambio.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def get_created_at(product: Product, language: str) -> str | None:
        return iso_utc(product.created_at)

    @staticmethod
    def get_updated_at(product: Product, language: str) -> str | None:
        return iso_utc(product.updated_at)


class Warned(Rendered):
    columna = serializers.CharField()
    codigo = serializers.CharField()
    mensaje = serializers.CharField()
    valor = serializers.CharField(allow_blank=True)

    @staticmethod
    def get_mensaje(problem: Problem, language: str) -> str:
        return text_of(problem.codigo, problem.params, language)


def _getters(columns: Iterable[Column]) -> dict[str, Any]:
    """What writes the values that are no values of JSON: see `Rendered`."""
    written = {column.name: _written_as(column) for column in columns if column.kind in ("decimal", "date")}
    return {f"get_{name}": staticmethod(getter) for name, getter in written.items()}


def _written_as(column: Column) -> Callable[[Product, str], str | None]:
    def written(product: Product, language: str) -> str | None:
        value: Decimal | date | None = getattr(product, column.name)
        if isinstance(column, DecimalColumn) and value is not None:
            return f"{value:.{column.places}f}"
        return None if value is None else str(value)

    return written


_FIELDS: Final = {column.name: _field(column) for column in PRODUCTS.columns}
_OfSheet: Any = type("OfSheet", (Rendered,), {**_FIELDS, **_getters(PRODUCTS.columns)})
Item: Any = type("Item", (_OfSheet, KnownBesides), {})
ItemWritten: Any = type("ItemWritten", (Item,), {"advertencias": Warned(many=True)})


def written(product: Product, warnings: Iterable[Problem], language: str = "") -> dict[str, Any]:
    """The answer to a write (`ItemWritten`): the product, and what is odd about it."""
    return {**Item.render(product, language), "advertencias": [Warned.render(each, language) for each in warnings]}


def refusal(problems: Iterable[Problem], *, conflict: bool) -> ValidationError:
    """The error answer: 400 for values that are wrong, 409 for what exists already."""
    detail: dict[str, list[ErrorDetail]] = {}
    for problem in problems:
        message = Warned.get_mensaje(problem, current_language())
        detail.setdefault(problem.columna, []).append(ErrorDetail(message, problem.codigo))
    return FieldConflict(detail) if conflict else ValidationError(detail)


def _sent(column: Column) -> dict[str, Any]:
    types = [*(_KINDS[column.kind][1] if column.kind in _KINDS else ["string", "null"])]
    if column.required:
        types.remove("null")
    bounds = {} if column.minimum is None else {"minimum": column.minimum, "maximum": column.maximum}
    return {"type": types, **bounds, "description": column.rule.es}


def request_schema(*, partial: bool) -> dict[str, Any]:
    """The schema of a product as it may be sent."""
    properties = {column.name: _sent(column) for column in PRODUCTS.columns}
    properties["activo"] = {"type": ["boolean", "null"], "description": "Si el producto se ofrece."}
    required = [column.name for column in PRODUCTS.columns if column.required]
    return {JSON: {"type": "object", "properties": properties, **({} if partial else {"required": required})}}


SENT: Final = {column.name: column.example for column in PRODUCTS.columns}
_MOMENT: Final = datetime(2026, 1, 20, 10, tzinfo=UTC)
_PRODUCT: Final = Product(
    **dict(zip(map(_attribute, PRODUCTS.columns), check_new(SENT).values, strict=True)),
    proveedor_id="PROV001",
    change_number=1,  # else the default asks the database
    created_at=_MOMENT,
    updated_at=_MOMENT,
)
_CATEGORY: Final = Problem(
    0, "categoria", "new_category", {"categoria": "PROTECCION PERSONAL"}, "PROTECCION PERSONAL", warning=True
)
EXAMPLE: Final = Item.render(_PRODUCT, "es")
WRITTEN: Final = written(_PRODUCT, [_CATEGORY], "es")
