"""Rows of the database beside stored files, both in the order of their keys, without holding more than one of each."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.functions import Collate

from bulk_upload.storage import StoredFile

R = TypeVar("R")
M = TypeVar("M", bound=Model)


class Pair(NamedTuple, Generic[R]):
    """What one key has: rows, a stored file, and one that was set aside as an orphan."""

    key: str
    rows: list[R]
    stored: StoredFile | None
    aside: StoredFile | None


def in_order_of_keys(rows: QuerySet[M], field: str) -> QuerySet[M]:
    """In the order in which S3 lists keys: by their bytes."""
    return rows.order_by(Collate(field, "C") if connection.vendor == "postgresql" else field)


def merged(
    rows: Iterable[tuple[str, R]], stored: Iterable[StoredFile], aside: Iterable[tuple[str, StoredFile]] = ()
) -> Iterator[Pair[R]]:
    """Everything by key. `aside` has the keys that the files had before they were set aside."""
    streams = [
        ((key, 0, row) for key, row in rows),
        ((file.key, 1, file) for file in stored),
        ((key, 2, file) for key, file in aside),
    ]
    for key, entries in groupby(heapq.merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        found: list[list[object]] = [[], [], []]
        for _, source, entry in entries:
            found[source].append(entry)
        yield Pair(key, found[0], *(files[0] if files else None for files in found[1:]))  # type: ignore[arg-type]
