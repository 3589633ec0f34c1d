"""How the catalogue's lists answer."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from medisupply.api.paging import Body, numbered


# As `NumberedMeta`, with the name that the clients of these lists know for the time.
class TimedMeta(serializers.Serializer[Any]):
    page = serializers.IntegerField()
    size = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Entradas en todas las páginas.")
    tookMs = serializers.FloatField(help_text="Milisegundos que tomó la consulta.")  # noqa: N815  # as clients read it


TIMED_META: Final = {"page": 1, "size": 50, "total": 1, "tookMs": 3.2}


def listed(request: Request, rows: QuerySet[Any], shape: serializers.Serializer[Any]) -> Body:
    """The page that the query asks for, each row in the shape."""
    return numbered(request, rows, shape.to_representation)


def timed(page: Body, **more: Any) -> Body:
    """The page with the keys of `TimedMeta`, and `more`."""
    meta = dict(page["meta"])
    took = meta.pop("took_ms")
    return {**page, "meta": {**meta, **more, "tookMs": took}}
