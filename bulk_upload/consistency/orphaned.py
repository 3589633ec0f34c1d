"""Stored files that no upload knows, however old; workers look at those of the last week."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Final

from django.utils import timezone

from bulk_upload import storage, storage_keys
from bulk_upload.consistency.differences import Difference, Found, Kind
from bulk_upload.consuming import orphans
from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.storage import StoredFile

KEPT: Final = "queda 30 días bajo «orphans/» y vuelve solo si su carga vuelve"
ORPHAN: Final = Kind("archivos sin carga", repair=f"se aparta: {KEPT}", repaired=f"se apartó: {KEPT}")
# Of an empty database every file is an orphan: it is hardly the one that these files belong to.
EMPTY: Final = Kind(
    "archivos, y ninguna carga en la base",
    advice="No se aparta nada mientras la base no conozca ninguna carga: revise que sea la que corresponde",
)


class OrphanSearch:
    def __init__(self) -> None:
        self._stored_before = timezone.now() - orphans.ORPHAN_AGE
        self._is_empty = not BulkUpload.objects.exists()

    def look(self, file: StoredFile) -> Found:
        """What there is to say of a file that is at no upload's key."""
        task_id = storage_keys.task_id_of(file.key)
        if task_id is None or file.stored_at >= self._stored_before:
            return  # not ours; or its upload may just be being recorded
        if _is_known(task_id):
            return  # an upload that was given another file, or a draft
        text = (
            f"El archivo {file.key} ({file.size} bytes, {file.stored_at:%Y-%m-%d %H:%M} UTC) no es de ninguna carga "
            "que la base conozca: su carga no se registró, o se aceptó después de la copia restaurada"
        )
        if self._is_empty:
            yield Difference(EMPTY, text)
        else:
            yield Difference(ORPHAN, text, partial(_set_aside, file.key, task_id))


def _is_known(task_id: uuid.UUID) -> bool:
    return any(model._default_manager.filter(pk=task_id).exists() for model in (BulkUpload, UploadDraft))


def _set_aside(key: str, task_id: uuid.UUID) -> bool:
    if not _is_known(task_id):
        storage.set_aside(key)
    return True
