"""What updated rows changed → the rows of `RowChange`, for the page that shows it. Part of the chunk's transaction.

A list that changes everything changes a product in each row, and nobody reads a hundred thousand of them: of an
upload the first `MOST_CHANGES` are kept, and `MOST_LARGE` large changes of a price wherever they stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, cast

from django.conf import settings
from django.db import connection

from bulk_upload.importing.copy_text import copy_text
from bulk_upload.importing.decisions import Change
from bulk_upload.importing.write import copy_rows
from bulk_upload.models import BulkUpload, RowChange
from bulk_upload.sheet.columns import INDEX, NAMES

MOST_CHANGES: Final = 5_000
MOST_LARGE: Final = 5_000
ID: Final = INDEX["id"]
PRICE: Final = INDEX["precio_unitario"]
KINDS: Final = ("integer", "code", "text", "boolean")
COPY: Final = "COPY bulk_upload_rowchange (fila, producto, cambios, precio_grande, upload_id) FROM STDIN"

# row, product, changed columns as JSON, whether the price changed by a large factor
Line = tuple[int, str, str, bool]


def keep_changes(upload: BulkUpload, changes: Sequence[Change]) -> int:
    """Keep what there is room for; returns how many of all `changes` are large changes of a price.

    `upload` counts the changes of the chunks before this one.
    """
    if not changes:
        return 0
    large = [is_large(change) for change in changes]
    lines = list(_lines(upload, changes, large))
    if lines and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            copy_rows(cursor, COPY, copy_text(lines, KINDS, [str(upload.pk)]))
    elif lines:
        RowChange.objects.bulk_create(
            RowChange(upload=upload, fila=fila, producto=key, cambios=json.loads(text), precio_grande=is_large)
            for fila, key, text, is_large in lines
        )
    return sum(large)


def is_large(change: Change) -> bool:
    """Whether the price is multiplied or divided by `BULK_UPLOAD_LARGE_PRICE_CHANGE` at least."""
    before, after = cast(Decimal, change.before[PRICE]), cast(Decimal, change.after[PRICE])
    factor: Decimal = settings.BULK_UPLOAD_LARGE_PRICE_CHANGE
    return before != after and (after >= before * factor or before >= after * factor)


def _lines(upload: BulkUpload, changes: Sequence[Change], large: Sequence[bool]) -> Iterator[Line]:
    room = MOST_CHANGES - upload.actualizados
    room_for_large = MOST_LARGE - upload.cambios_grandes_de_precio
    for number, (change, is_large_one) in enumerate(zip(changes, large, strict=True)):
        if number < room or (is_large_one and room_for_large > 0):
            yield change.fila, str(change.before[ID]), _difference(change), is_large_one
        room_for_large -= is_large_one


def _difference(change: Change) -> str:
    """The changed columns as JSON: name → old and new value."""
    pairs = zip(NAMES, change.before, change.after, strict=True)
    return _encoder.encode({name: (before, after) for name, before, after in pairs if before != after})


# Decimals are kept as they are written.
_encoder: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
