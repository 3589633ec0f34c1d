"""Stored files: the originals of uploads, and what was made of them to be downloaded."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from bulk_upload import storage, storage_keys
from bulk_upload.models import FileState, Part, PreparedFile, UnfinishedPurge
from bulk_upload.purging import parts
from bulk_upload.purging.ages import limit
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.report import Removed


def purge_originals(pace: Pace, removed: Removed) -> None:
    """Remove the files of uploads that are past their age. Raises `storage.StorageDown` and `Stopped`."""
    storage.ping()  # while S3 is away nothing is marked
    while True:
        for page in parts.unfinished_pages(Part.FILE):
            storage.remove(purge.upload.s3_key for purge in page)
            removed.add(_finished(page))
            pace.after_slice()
        if not parts.mark_some(Part.FILE):
            return


def _finished(page: list[UnfinishedPurge]) -> list[int]:
    """Strike these files off the list; returns the sizes of those that no other purge has struck off."""
    ours = UnfinishedPurge.objects.filter(pk__in=[purge.pk for purge in page])
    with transaction.atomic():
        locked = set(ours.select_for_update(skip_locked=parts.skips_locked()).values_list("pk", flat=True))
        UnfinishedPurge.objects.filter(pk__in=locked).delete()
    return [purge.upload.size for purge in page if purge.pk in locked and storage_keys.is_own(purge.upload.s3_key)]


def old_prepared_files() -> QuerySet[PreparedFile]:
    """Files that were made, or could not be made, too long ago."""
    before = limit(settings.BULK_UPLOAD_KEEP_PREPARED_DAYS)
    if before is None:
        return PreparedFile.objects.none()
    return PreparedFile.objects.filter(state__in=[FileState.READY, FileState.FAILED], updated_at__lt=before)


def purge_prepared(pace: Pace, removed: Removed) -> None:
    """Remove them, the stored file first: a row without one is a file that the next request has made again.

    One that is asked for meanwhile stays. Raises `storage.StorageDown` and `Stopped`.
    """
    storage.ping()
    last = None
    while True:
        old = old_prepared_files().order_by("pk")
        page = list((old if last is None else old.filter(pk__gt=last))[: parts.UPLOADS])
        if not page:
            return
        storage.remove(file.s3_key for file in page)
        with transaction.atomic():
            locked = old.filter(pk__in=[file.pk for file in page]).select_for_update(skip_locked=parts.skips_locked())
            sizes = dict(locked.values_list("pk", "size"))
            PreparedFile.objects.filter(pk__in=sizes).delete()
        removed.add(sizes.values())
        pace.after_slice()
        last = page[-1].pk
