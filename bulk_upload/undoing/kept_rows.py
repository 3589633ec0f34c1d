"""Rows that an undo kept → its row errors, which say who or what is in the way."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from bulk_upload.models import BulkUpload, RowEdit, RowError, Severity
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.problems import shown
from bulk_upload.undoing.take_back import Kept


def row_errors_of(undo: BulkUpload, kept: Sequence[Kept]) -> list[RowError]:
    """In the order of the file."""
    files = dict(
        BulkUpload.objects.filter(
            pk__in={one.who for one in kept if one.code == "kept_changed" and one.who}
        ).values_list("pk", "filename")
    )
    people = _people(undo, [one.key for one in kept if one.code == "kept_changed" and not one.who])
    return [_row_error(undo, one, files, people) for one in sorted(kept, key=lambda one: one.fila)]


def _people(undo: BulkUpload, keys: Sequence[str]) -> dict[str, str]:
    """Who has changed each row last, as far as that is known."""
    edits = RowEdit.objects.filter(sheet_name=undo.sheet_name, producto__in=keys).order_by("moment", "pk")
    return dict(edits.values_list("producto", "username"))


def _row_error(undo: BulkUpload, one: Kept, files: dict[uuid.UUID, str], people: dict[str, str]) -> RowError:
    code, params = one.code, {"clave": shown(one.key)}
    if code == "kept_changed" and one.who:
        code, params["archivo"] = "kept_changed_by_upload", shown(files.get(one.who, str(one.who)))
    elif code == "kept_changed":
        code, params["usuario"] = "kept_changed_by_person", shown(people.get(one.key) or "–")
    elif code == "kept_referenced":
        params["que"] = str(one.who)
    stored: Params = params
    return RowError(
        upload=undo,
        severity=Severity.ERROR,
        fila=one.fila,
        columna="",
        codigo=code,
        params=dict(stored),
        valor=shown(one.key),
    )
