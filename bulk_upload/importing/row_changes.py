"""What updated rows changed → the rows of `RowChange`, for the page that shows it. Part of the chunk's transaction.

A list that changes everything changes something in each row, and nobody reads a hundred thousand of them: of an
upload the first `MOST_CHANGES` are kept, and `MOST_LARGE` large changes of the watched number wherever they stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, cast

from django.conf import settings
from django.db import connection

from bulk_upload.importing.mapping.target import Target
from bulk_upload.importing.matching.decision_types import Change
from bulk_upload.importing.postgresql.text_format import copy_text
from bulk_upload.importing.writing.copy_writer import copy_rows
from bulk_upload.models import BulkUpload, RowChange

MOST_CHANGES: Final = 5_000
MOST_LARGE: Final = 5_000
KINDS: Final = ("integer", "code", "text", "boolean")
COPY: Final = "COPY bulk_upload_rowchange (fila, producto, cambios, precio_grande, upload_id) FROM STDIN"

# row, product, changed columns as JSON, whether the price changed by a large factor
Line = tuple[int, str, str, bool]


def keep_changes(target: Target, upload: BulkUpload, changes: Sequence[Change]) -> int:
    """Keep what there is room for; returns how many of all `changes` are large ones.

    `upload` counts the changes of the chunks before this one.
    """
    if not changes:
        return 0
    large = [is_large(target, change) for change in changes]
    lines = list(_lines(target, upload, changes, large))
    if lines and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            copy_rows(cursor, COPY, [copy_text(lines, KINDS, [str(upload.pk)])])
    elif lines:
        RowChange.objects.bulk_create(
            RowChange(upload=upload, fila=fila, producto=key, cambios=json.loads(text), precio_grande=is_large)
            for fila, key, text, is_large in lines
        )
    return sum(large)


def is_large(target: Target, change: Change) -> bool:
    """Whether the watched number is multiplied or divided by `BULK_UPLOAD_LARGE_PRICE_CHANGE` at least."""
    if not target.declared.large_change:
        return False
    place = target.fields.index(target.declared.large_change)
    before, after = cast(Decimal, change.before[place]), cast(Decimal, change.after[place])
    factor: Decimal = settings.BULK_UPLOAD_LARGE_PRICE_CHANGE
    return before != after and (after >= before * factor or before >= after * factor)


def _lines(target: Target, upload: BulkUpload, changes: Sequence[Change], large: Sequence[bool]) -> Iterator[Line]:
    room = MOST_CHANGES - upload.actualizados
    room_for_large = MOST_LARGE - upload.cambios_grandes_de_precio
    for number, (change, is_large_one) in enumerate(zip(changes, large, strict=True)):
        if number < room or (is_large_one and room_for_large > 0):
            yield change.fila, target.key_text(change.before), _difference(target, change), is_large_one
        room_for_large -= is_large_one


def _difference(target: Target, change: Change) -> str:
    """The changed columns as JSON: name → old and new value."""
    pairs = zip(target.names, change.before, change.after, strict=True)
    return _encoder.encode({name: (before, after) for name, before, after in pairs if before != after})


# Decimals are kept as they are written.
_encoder: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
