"""Rows of a table in slices: no cursor stays open while what was found is mended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

ROWS: Final = 1000


def slices(rows: QuerySet[M], field: str = "pk") -> Iterator[list[M]]:
    """All `rows` in the order of a unique `field`, some at a time. What changes meanwhile may be missed."""
    last: Any = None
    while found := list((rows if last is None else rows.filter(**{f"{field}__gt": last})).order_by(field)[:ROWS]):
        yield found
        last = getattr(found[-1], field)
