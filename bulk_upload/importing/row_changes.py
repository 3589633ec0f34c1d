"""What updated rows changed → the rows of `RowChange`: what a person sees of it, and what an undo restores.

Part of the chunk's transaction.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, cast

from django.conf import settings
from django.db import connection

from bulk_upload.importing.mapping.stored_values import encode
from bulk_upload.importing.mapping.target import Key, Target
from bulk_upload.importing.matching.decision_types import Change, Decisions
from bulk_upload.importing.postgresql.copy_format import copy_text
from bulk_upload.importing.writing.copy_writer import copy_rows
from bulk_upload.models import BulkUpload, ChunkRows, RowChange

# The upload is written as dates are: what is `None` is NULL.
KINDS: Final = ("integer", "code", "code", "text", "date", "boolean")
COPY: Final = (
    "COPY bulk_upload_rowchange (fila, producto, registro, cambios, cambiado_antes_por, precio_grande, upload_id)"
    " FROM STDIN"
)

# row, key, primary key, changed columns as JSON, the upload that had changed it, whether the price changed a lot
Line = tuple[int, str, str, str, uuid.UUID | None, bool]


def keep_changes(target: Target, upload: BulkUpload, decisions: Decisions, large: Sequence[bool]) -> None:
    """Keep what the chunk's updates changed; `large` says which of them are large changes."""
    if not decisions.changes:
        return
    lines = list(_lines(target, upload, decisions, large))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            text = copy_text(lines, KINDS, [str(upload.pk)])  # type: ignore[arg-type]  # and an identifier
            copy_rows(cursor, COPY, [text])
    else:
        RowChange.objects.bulk_create(
            RowChange(
                upload=upload,
                fila=fila,
                producto=key,
                registro=pk,
                cambios=json.loads(text),
                cambiado_antes_por=previous,
                precio_grande=is_large,
            )
            for fila, key, pk, text, previous, is_large in lines
        )


def keep_created(upload: BulkUpload, decisions: Decisions) -> None:
    """Keep which rows of the file became new rows of the model."""
    if decisions.creates:
        ChunkRows.of(upload, decisions.created_rows, list(decisions.creates)).save(force_insert=True)


def is_large(target: Target, change: Change) -> bool:
    """Whether the watched number is multiplied or divided by `BULK_UPLOAD_LARGE_PRICE_CHANGE` at least."""
    if not target.declared.large_change:
        return False
    place = target.fields.index(target.declared.large_change)
    before, after = cast(Decimal, change.before[place]), cast(Decimal, change.after[place])
    factor: Decimal = settings.BULK_UPLOAD_LARGE_PRICE_CHANGE
    return before != after and (after >= before * factor or before >= after * factor)


def _lines(target: Target, upload: BulkUpload, decisions: Decisions, large: Sequence[bool]) -> Iterator[Line]:
    previous: dict[Key, uuid.UUID | None] = dict(decisions.previous)
    has_text_key = target.pk_place is not None
    for change, is_large_one in zip(decisions.changes, large, strict=True):
        key = target.key_of(change.before)
        pk = "" if has_text_key else str(decisions.updates[key].pk)
        yield (
            change.fila,
            target.key_text(change.before),
            pk,
            encode(change.difference(target)),
            previous[key],
            is_large_one,
        )
        previous[key] = upload.pk  # a second row that changes it finds what this one has done
