"""Lists in pages: by number for what is searched, by cursor for what grows at its head."""

from __future__ import annotations

import base64
import binascii
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import FilterSet
from django_filters.utils import translate_validation
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

LARGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50
# Beyond it no list goes, and a database's numbers end.
LAST_PAGE: Final = 1_000_000

Row = TypeVar("Row", bound=Model)
Body = dict[str, Any]


class PageParams(serializers.Serializer[dict[str, Any]]):
    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=USUAL_PAGE)


class CursorParams(serializers.Serializer[dict[str, Any]]):
    cursor = serializers.CharField(required=False, max_length=200)
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=USUAL_PAGE)


def filtered(request: Request, filters: type[FilterSet], rows: QuerySet[Row]) -> QuerySet[Row]:
    """`rows` as the query's filters leave them; a filter that makes no sense is a 400 that names it."""
    chosen = filters(request.query_params, queryset=rows, request=request)
    if not chosen.is_valid():
        error: Any = translate_validation(chosen.errors)
        raise error
    found: QuerySet[Row] = chosen.qs
    return found


def numbered(request: Request, rows: QuerySet[Any], wire: Callable[[Any], Body]) -> Body:
    """The page that the query asks for: ``{"items", "meta": {"page", "size", "total", "took_ms"}}``."""
    began = time.perf_counter()
    params = PageParams(data=request.query_params)
    params.is_valid(raise_exception=True)
    page, size = params.validated_data["page"], params.validated_data["size"]
    total = rows.count()
    first = (page - 1) * size
    items = [wire(row) for row in rows[first : first + size]] if first < total else []
    return {"items": items, "meta": {"page": page, "size": size, "total": total, "took_ms": _since(began)}}


def newest_first(request: Request, rows: QuerySet[Any], wire: Callable[[Any], Body]) -> Body:
    """A page of rows with `created_at` and `task_id`, the newest first: ``{"items", "meta": {"size", "next", …}}``.

    ``next`` is the cursor of the following page, or null. New rows never shift a page.
    """
    began = time.perf_counter()
    params = CursorParams(data=request.query_params)
    params.is_valid(raise_exception=True)
    size = params.validated_data["size"]
    if cursor := params.validated_data.get("cursor"):
        moment, key = _read(cursor)
        rows = rows.filter(Q(created_at__lt=moment) | Q(created_at=moment, task_id__lt=key))
    found = list(rows.order_by("-created_at", "-task_id")[: size + 1])
    following = _cursor(found[size - 1]) if len(found) > size else None
    items = [wire(row) for row in found[:size]]
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
        message = _("El cursor no es válido: use el que vino en «meta.next».")
        raise ValidationError({"cursor": [message]}, code="invalid_cursor") from error


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
