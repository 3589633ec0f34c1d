"""The uploads themselves: what is left of them in the history."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from bulk_upload import progress
from bulk_upload.models import BulkUpload, BulkUploadQuerySet, Part, PreparedFile, UnfinishedPurge
from bulk_upload.purging.ages import limit
from bulk_upload.purging.files import old_prepared_files
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.parts import skips_locked
from bulk_upload.purging.report import Removed
from bulk_upload.purging.row_bytes import RowBytes

# Uploads that are deleted in one transaction.
SLICE: Final = 200


def old_uploads() -> BulkUploadQuerySet:
    """The uploads that are past their age, and to which nothing that stays refers.

    Products name uploads by plain identifiers, which may outlive them. A correction names the first upload of its
    rows, never another correction: one step is the whole chain.
    """
    before = limit(settings.BULK_UPLOAD_KEEP_UPLOADS_DAYS)
    if before is None:
        return BulkUpload.objects.none()
    correction = BulkUpload.objects.filter(corrects=OuterRef("pk"))
    staying = correction.filter(Q(completed_at=None) | Q(completed_at__gte=before))
    file = PreparedFile.objects.filter(upload=OuterRef("pk")).exclude(pk__in=old_prepared_files().values("pk"))
    # What ended before also came before: the history's own index finds it.
    ended = BulkUpload.objects.ended_before(before).filter(created_at__lt=before)
    # An undo that is not done yet needs what it undoes.
    follower = BulkUpload.objects.filter(based_on=OuterRef("pk"), completed_at=None)
    return ended.filter(~Exists(staying), ~Exists(file), ~Exists(follower))


def purge_uploads(pace: Pace, removed: Removed) -> None:
    """Delete them, as far as nothing of them is left: not those whose file S3 has not removed yet. Raises `Stopped`."""
    unfinished = UnfinishedPurge.objects.filter(upload=OuterRef("pk"))
    file = PreparedFile.objects.filter(upload=OuterRef("pk"))
    emptied = Q(~Exists(unfinished), ~Exists(file), **{f"{part.mark}__isnull": False for part in Part})
    while True:
        with transaction.atomic():
            gone = old_uploads().filter(emptied).order_by("created_at")
            locked = gone.select_for_update(of=("self",), skip_locked=skips_locked())
            page = list(locked.annotate(row_bytes=RowBytes(BulkUpload)).values_list("pk", "row_bytes")[:SLICE])
            keys = [key for key, _ in page]
            BulkUpload.objects.filter(pk__in=keys).delete()
        for key in keys:
            progress.forget(key)
        removed.add(size for _, size in page)
        if not page:
            return
        pace.after_slice()
