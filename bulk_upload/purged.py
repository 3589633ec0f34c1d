"""What readers are told where a part of an upload is no longer kept: a code for programs, a sentence for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from django.utils.translation import ngettext_lazy

from bulk_upload.models import BulkUpload, Part

CODES: Final = {Part.FILE: "file_purged", Part.ERRORS: "errors_purged", Part.CHANGES: "changes_purged"}
SENTENCES: Final[dict[Part, Any]] = {
    Part.FILE: ngettext_lazy(
        "El archivo ya no se conserva: se borró %(days)s día después de terminar la carga.",
        "El archivo ya no se conserva: se borró %(days)s días después de terminar la carga.",
        "days",
    ),
    Part.ERRORS: ngettext_lazy(
        "Los errores y advertencias de las filas ya no se conservan: se borraron %(days)s día después de terminar la "
        "carga.",
        "Los errores y advertencias de las filas ya no se conservan: se borraron %(days)s días después de terminar la "
        "carga.",
        "days",
    ),
    Part.CHANGES: ngettext_lazy(
        "Los valores anteriores ya no se conservan: se borraron %(days)s día después de terminar la carga.",
        "Los valores anteriores ya no se conservan: se borraron %(days)s días después de terminar la carga.",
        "days",
    ),
}


class Purged(NamedTuple):
    code: str
    sentence: str


def part_of(upload: BulkUpload, part: Part) -> Purged | None:
    """Since when `part` is no longer kept, in words; `None` while it is."""
    moment = getattr(upload, part.mark)
    if moment is None:
        return None
    return Purged(CODES[part], str(SENTENCES[part] % {"days": _days(upload, moment)}))


def _days(upload: BulkUpload, moment: datetime) -> int:
    """Days from the end of the upload to `moment`; an upload of which something is purged has ended."""
    return max(0, (moment - (upload.completed_at or moment)).days)
