"""Lists in pages: by number for what is searched, by cursor for what grows at its head."""

from __future__ import annotations

import base64
import binascii
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_filters.rest_framework import BaseCSVFilter, BooleanFilter, Filter, FilterSet
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from medisupply.api.filters import MomentFilter
from medisupply.api.json import valid
from medisupply.api.schema import answer, query

LARGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50
# Beyond it no list goes, and a database's numbers end.
LAST_PAGE: Final = 1_000_000

INVALID_CURSOR: Final = gettext_noop("El cursor no es válido: use el que vino en «meta.next».")

Row = TypeVar("Row", bound=Model)
Body = dict[str, Any]


PAGE: Final = query("page", "Página, desde 1.", {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1})
SIZE: Final = query(
    "size",
    "Entradas por página.",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE},
)


class PageParams(serializers.Serializer[dict[str, Any]]):
    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=USUAL_PAGE)


class CursorParams(serializers.Serializer[dict[str, Any]]):
    cursor = serializers.CharField(required=False, max_length=200)
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=USUAL_PAGE)


class NumberedMeta(serializers.Serializer[Any]):
    page = serializers.IntegerField()
    size = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Entradas en todas las páginas.")
    took_ms = serializers.FloatField(help_text="Milisegundos que tomó la consulta.")


NUMBERED_META: Final = {"page": 1, "size": 50, "total": 1, "took_ms": 3.2}


def page_answer(
    name: str,
    description: str,
    item: Any,
    example: Mapping[str, Any],
    meta: Any = NumberedMeta,
    meta_example: Mapping[str, Any] = NUMBERED_META,
) -> dict[int, OpenApiResponse]:
    """The answer of a list, for the schema: `item` is the serializer of its entries, `name` that of a page."""
    page = type(name, (serializers.Serializer,), {"items": item(many=True), "meta": meta()})
    return {200: answer(page, description, {"items": [example], "meta": meta_example})}


# What filters are in the schema; all others are texts.
_SCHEMAS: Final[dict[type[Filter], dict[str, str]]] = {
    MomentFilter: {"type": "string", "format": "date-time"},
    BooleanFilter: {"type": "boolean"},
}


def filter_parameters(filters: type[FilterSet]) -> list[OpenApiParameter]:
    """The filters that have a `help_text`, for the schema."""
    found = []
    for name, each in filters.base_filters.items():
        more = each.extra
        if "help_text" in more:
            schema: dict[str, Any] = dict(_SCHEMAS.get(type(each), {"type": "string"}))
            if "max_length" in more:
                schema["maxLength"] = more["max_length"]
            if "choices" in more and not isinstance(each, BaseCSVFilter):  # its choices are those of its parts
                schema["enum"] = [value for value, _title in more["choices"]]
            found.append(query(name, more["help_text"], schema))
    return found


def filtered(request: Request, filters: type[FilterSet], rows: QuerySet[Row]) -> QuerySet[Row]:
    """`rows` as the query's filters leave them; a filter that makes no sense is a 400 that names it."""
    chosen = filters(request.query_params, queryset=rows, request=request)
    if not chosen.is_valid():
        error: Any = translate_validation(chosen.errors)
        raise error
    found: QuerySet[Row] = chosen.qs
    return found


def numbered(request: Request, rows: QuerySet[Any], shape: Callable[[Any], Body]) -> Body:
    """The page that the query asks for: ``{"items", "meta": {"page", "size", "total", "took_ms"}}``."""
    began = time.perf_counter()
    params = valid(PageParams, request.query_params)
    page, size = params["page"], params["size"]
    total = rows.count()
    first = (page - 1) * size
    items = [shape(row) for row in rows[first : first + size]] if first < total else []
    return {"items": items, "meta": {"page": page, "size": size, "total": total, "took_ms": _since(began)}}


def newest_first(request: Request, rows: QuerySet[Any], shape: Callable[[Any], Body]) -> Body:
    """A page of rows with `created_at` and `task_id`, the newest first: ``{"items", "meta": {"size", "next", …}}``.

    ``next`` is the cursor of the following page, or null. New rows never shift a page.
    """
    began = time.perf_counter()
    params = valid(CursorParams, request.query_params)
    size = params["size"]
    if cursor := params.get("cursor"):
        moment, key = _read(cursor)
        rows = rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, task_id__lt=key))
    found = list(rows.order_by("-created_at", "-task_id")[: size + 1])
    following = _cursor(found[size - 1]) if len(found) > size else None
    items = [shape(row) for row in found[:size]]
    return {"items": items, "meta": {"size": size, "next": following, "took_ms": _since(began)}}


def _cursor(row: Any) -> str:
    text = f"{row.created_at.astimezone(UTC).isoformat()}|{row.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, uuid.UUID]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        moment, _bar, key = text.partition("|")
        return datetime.fromisoformat(moment).astimezone(UTC), uuid.UUID(key)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise ValidationError({"cursor": [_(INVALID_CURSOR)]}, code="invalid_cursor") from error


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
