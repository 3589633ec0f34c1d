"""Lists in pages: by number for what is searched, by cursor for what grows at its head."""

from __future__ import annotations

import base64
import binascii
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from medisupply.api.json import valid
from medisupply.api.schema import ErrorCase, answer, example_of

LARGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50
# Beyond it no list goes, and a database's numbers end.
LAST_PAGE: Final = 1_000_000

INVALID_CURSOR: Final = ErrorCase(
    400, "invalid_cursor", _("El cursor no es válido: use el que vino en «meta.next»."), "cursor"
)

Body = dict[str, Any]


class SizeParams(serializers.Serializer[dict[str, Any]]):
    size = serializers.IntegerField(
        min_value=1, max_value=LARGEST_PAGE, default=USUAL_PAGE, help_text="Entradas por página."
    )


class PageParams(SizeParams):
    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1, help_text="Página, desde 1.")


class CursorParams(SizeParams):
    cursor = serializers.CharField(required=False, max_length=200, help_text="El «meta.next» de la página anterior.")


class NumberedMeta(serializers.Serializer[Any]):
    page = serializers.IntegerField(initial=1)
    size = serializers.IntegerField(initial=USUAL_PAGE)
    total = serializers.IntegerField(initial=1, help_text="Entradas en todas las páginas.")
    took_ms = serializers.FloatField(initial=3.2, help_text="Milisegundos que tomó la consulta.")


class CursorMeta(serializers.Serializer[Any]):
    size = serializers.IntegerField(initial=USUAL_PAGE)
    next = serializers.CharField(
        allow_null=True, initial=None, help_text="El cursor de la página siguiente; nulo en la última."
    )
    took_ms = serializers.FloatField(initial=4.1)


def page_answer(
    name: str, description: str, item: Any, example: Any = None, meta: Any = NumberedMeta
) -> dict[int, OpenApiResponse]:
    """The answer of a list, for the schema: `item` is the serializer of its entries, `name` that of a page."""
    page = type(name, (serializers.Serializer,), {"items": item(many=True), "meta": meta()})
    return {200: answer(page, description, {"items": [example or example_of(item)], "meta": example_of(meta)})}


class Rows(Protocol):
    """What a page is cut from: a `QuerySet`, or what counts and reads in another way."""

    def count(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Iterable[Any]: ...


def numbered(request: Request, rows: Rows | Sequence[Any], shape: Callable[[Any], Mapping[str, Any]]) -> Body:
    """The page that the query asks for: ``{"items", "meta": {"page", "size", "total", "took_ms"}}``."""
    began = time.perf_counter()
    params = valid(PageParams, request.query_params)
    page, size = params["page"], params["size"]
    total = len(rows) if isinstance(rows, Sequence) else rows.count()
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
        raise ValidationError({"cursor": [INVALID_CURSOR.sentence]}, code=INVALID_CURSOR.code) from error


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
