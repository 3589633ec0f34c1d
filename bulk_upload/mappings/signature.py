"""What makes the header of a file the same as that of another one.

The order of the columns does not count, nor what does not count when headers are compared. A column that is named by
its letter, since its header is blank or stands twice, counts with its letter.
"""

from __future__ import annotations

import hashlib
import json

from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.preview import PreviewColumn, SheetPreview


def signature_of(preview: SheetPreview) -> str:
    """``""`` for a file in which no header was found."""
    if not preview.header_row:
        return ""
    parts = sorted(_part(column) for column in _named(preview))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest() if parts else ""


def headers_of(preview: SheetPreview) -> list[dict[str, str]]:
    return [{"letter": each.letter, "header": each.header, "key": each.key} for each in _named(preview)]


def _named(preview: SheetPreview) -> list[PreviewColumn]:
    """Without columns that have neither a header nor a value."""
    return [column for column in preview.columns if column.header or column.samples]


def _part(column: PreviewColumn) -> list[str]:
    form = normal_form(column.header)
    return [form] if form and column.key != column.letter else [form, column.letter]
