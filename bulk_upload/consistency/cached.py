"""Snapshots in the cache that are of another time than the database: clients would be shown what is no longer so."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Final

from bulk_upload import progress, snapshots
from bulk_upload.consistency.differences import Difference, Found, Kind, Note, Scope, named
from bulk_upload.models import BulkUpload
from bulk_upload.progress import Snapshot

# Snapshots that are compared at once: one that has ended may hold thousands of errors.
AT_ONCE: Final = 50
# What two snapshots with the same revision have in common.
SAME: Final = ("status", "updated_at", "counts", "error_code")

UNKNOWN: Final = Kind("estados en la caché de cargas desconocidas", repair="se borra de la caché", repaired="se borró")
OTHER: Final = Kind(
    "estados en la caché que la base no conoce", repair="se pone el de la base", repaired="se puso el de la base"
)


def look(scope: Scope) -> Found:
    """Raises `CacheDown`."""
    progress.ping()
    ids, count = progress.kept(), 0
    while some := list(islice(ids, AT_ONCE)):
        count += len(some)
        # The cache first: a snapshot is never ahead of a database that is read after it.
        shown = {task_id: snapshot for task_id in some if (snapshot := progress.get(task_id))}
        uploads = {str(key): upload for key, upload in BulkUpload.objects.in_bulk(shown).items()}
        for task_id, snapshot in shown.items():
            yield from _compare(snapshot, uploads.get(task_id))
    yield Note(f"{count} estados de la caché comparados")


def _compare(snapshot: Snapshot, upload: BulkUpload | None) -> Found:
    task_id, status = snapshot["task_id"], snapshot["status"]
    if upload is None:
        text = f"La caché muestra «{status}» de la carga {task_id}, que la base no conoce"
        yield Difference(UNKNOWN, text, partial(_forget, task_id))
        return
    own = snapshots.head(upload)
    is_other = snapshot["revision"] == own["revision"] and any(snapshot[name] != own[name] for name in SAME)
    if is_other or snapshot["revision"] > own["revision"]:
        text = f"{named(upload)} se muestra como «{status}» desde la caché, de otro momento de la base"
        yield Difference(OTHER, text, partial(_show, upload))


def _forget(task_id: str) -> bool:
    progress.forget(task_id)
    return True


def _show(upload: BulkUpload) -> bool:
    """Replace it by what the database says after it is gone: what a worker puts there meanwhile is newer, and stays."""
    progress.forget(upload.pk)
    snapshots.show(upload)
    return True
