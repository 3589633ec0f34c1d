"""The parts of uploads that are past their age: marked as purged first, removed then.

The mark is what readers and retries see, so it comes first: nobody is given half of a part, and no retry begins with
an upload whose file is just being removed. What is marked is noted in the same transaction (`UnfinishedPurge`) until
nothing of it is left, so a purge that is killed anywhere leaves nothing behind that the next one would not find.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from bulk_upload import progress
from bulk_upload.models import BulkUpload, BulkUploadQuerySet, Part, PreparedFile, UnfinishedPurge
from bulk_upload.purging.ages import limit_of
from medisupply.backends.database import database_now

# Uploads that are marked in one transaction.
UPLOADS: Final = 500


def due(part: Part) -> BulkUploadQuerySet:
    """The uploads that have ended, and of which `part` is past its age and not yet marked.

    Not those of which a worker is making a file, or will be at once: it reads original and errors. Nor those that are
    being undone, which takes what they changed.
    """
    before = limit_of(part)
    if before is None:
        return BulkUpload.objects.none()
    being_read = PreparedFile.objects.unfinished().filter(upload=OuterRef("pk"))
    being_undone = BulkUpload.objects.filter(based_on=OuterRef("pk"), completed_at=None)
    return BulkUpload.objects.ended_before(before).filter(
        ~Exists(being_read), ~Exists(being_undone), **{part.mark: None}
    )


def due_or_unfinished(part: Part) -> BulkUploadQuerySet:
    """The uploads of which the next purge removes `part`."""
    return BulkUpload.objects.filter(Q(pk__in=due(part).values("pk")) | Q(pk__in=unfinished(part).values("upload_id")))


def mark_some(part: Part) -> bool:
    """Mark up to `UPLOADS` uploads; returns whether there were any."""
    with transaction.atomic():
        locked = due(part).order_by("completed_at").select_for_update(of=("self",), skip_locked=skips_locked())
        keys = list(locked.values_list("pk", flat=True)[:UPLOADS])
        # Once more, now that they are locked: a file of one may have been asked for in between.
        keys = list(due(part).filter(pk__in=keys).values_list("pk", flat=True))
        _mark(part, keys)
    for key in keys:
        progress.forget(key)
    return bool(keys)


def _mark(part: Part, keys: Sequence[uuid.UUID]) -> None:
    changes = {part.mark: database_now(), "revision": F("revision") + 1}
    BulkUpload.objects.filter(pk__in=keys).update(**changes)
    UnfinishedPurge.objects.bulk_create(UnfinishedPurge(upload_id=key, part=part) for key in keys)


def unfinished(part: Part) -> QuerySet[UnfinishedPurge]:
    return UnfinishedPurge.objects.filter(part=part)


def unfinished_pages(part: Part) -> Iterator[list[UnfinishedPurge]]:
    """What is marked and may still be there, each once, with what is needed of its upload."""
    last = 0
    while page := list(_with_upload(unfinished(part).filter(pk__gt=last))[:UPLOADS]):
        yield page
        last = page[-1].pk


def _with_upload(purges: QuerySet[UnfinishedPurge]) -> QuerySet[UnfinishedPurge]:
    return purges.select_related("upload").only("part", "upload__s3_key", "upload__size").order_by("pk")


def skips_locked() -> bool:
    """Whether the database can leave out rows that another transaction holds; SQLite has one writer at a time."""
    return bool(connection.features.has_select_for_update_skip_locked)
