"""Files that somebody wanted to look at and did not import: removed by their age."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from bulk_upload import storage
from bulk_upload.models import UploadDraft
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.parts import skips_locked
from bulk_upload.purging.report import Removed
from medisupply.backends.database import database_now

# Drafts that are removed in one transaction.
SLICE: Final = 100


def old_drafts() -> QuerySet[UploadDraft]:
    age = timedelta(days=settings.BULK_UPLOAD_KEEP_DRAFTS_DAYS)
    return UploadDraft.objects.filter(created_at__lt=database_now() - age)


def purge_drafts(pace: Pace, removed: Removed) -> None:
    """Remove drafts, then their files: one that is started meanwhile keeps its file.

    A purge that is killed in between leaves orphans, which are found as such. Raises `storage.StorageDown` and
    `Stopped`.
    """
    storage.ping()  # while S3 is away nothing is removed
    while True:
        with transaction.atomic():
            locked = old_drafts().order_by("created_at").select_for_update(of=("self",), skip_locked=skips_locked())
            page = list(locked.values_list("pk", "s3_key", "size")[:SLICE])
            UploadDraft.objects.filter(pk__in=[key for key, _, _ in page]).delete()
        if not page:
            return
        storage.remove(s3_key for _, s3_key, _ in page)
        removed.add(size for _, _, size in page)
        pace.after_slice()
