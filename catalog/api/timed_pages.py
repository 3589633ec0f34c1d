"""Pages whose time is called `tookMs`, as the clients of warehouses and stock know it."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from medisupply.api.paging import Body


class TimedMeta(serializers.Serializer[Any]):
    page = serializers.IntegerField()
    size = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Entradas en todas las páginas.")
    tookMs = serializers.FloatField(help_text="Milisegundos que tomó la consulta.")  # noqa: N815  # as clients read it


TIMED_META: Final = {"page": 1, "size": 50, "total": 1, "tookMs": 3.2}


def timed(page: Body, **more: Any) -> Body:
    """The page with the keys of `TimedMeta`, and `more`."""
    meta = dict(page["meta"])
    took = meta.pop("took_ms")
    return {**page, "meta": {**meta, **more, "tookMs": took}}
