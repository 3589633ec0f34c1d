"""Stored files that no upload knows."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.utils import timezone

from bulk_upload import storage
from bulk_upload.models import BulkUpload

log = logging.getLogger(__name__)

# A stored file without an upload is an orphan only after this: its upload may just be being recorded.
ORPHAN_AGE: Final = timedelta(hours=1)


def set_aside_orphans(seconds: float) -> None:
    """Remove the files of today and yesterday that were stored without an upload being recorded."""
    now = timezone.now()
    try:
        for day in (now, now - timedelta(days=1)):
            for key in storage.keys_stored_before(now - ORPHAN_AGE, storage.folder_of(day)):
                if not BulkUpload.objects.filter(s3_key=key).exists():
                    log.warning("Removing %s: no upload knows it", key)
                    storage.discard(key)
    except storage.StorageDown as error:
        log.warning("S3 does not answer, orphans stay for now: %s", error)
