"""Set aside stored files that no upload and no draft knows: intake ended between storing and recording, or the answer
of the database was lost.

They are moved, never deleted: a database that was restored to an older state knows them again once it is
restored to a newer one (`storage.stream` brings them back). The bucket removes them after 30 days. Nothing is
touched outside this system's prefix, nor a key that names no upload.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from structlog.stdlib import get_logger

from bulk_upload import storage, storage_keys
from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.storage import StoredFile

log = get_logger(__name__)

# A stored file without an upload is an orphan only after this: its upload may just be being recorded.
ORPHAN_AGE: Final = timedelta(hours=1)
# Days back, from today's folder on: more than workers are ever away.
DAYS: Final = 7


def set_aside_orphans(seconds: float, after: str = "") -> str:
    """Look for orphans for about `seconds`, behind the key `after`; returns where to go on, ``""`` at the end.

    A page of a thousand keys costs one query by primary key, and another one where an upload is unknown. Each call
    gets on by a page or an orphan at least. When S3 does not answer, that is in the log and the search is over. Raises
    `DatabaseError`.
    """
    deadline = time.monotonic() + seconds
    now = timezone.now()
    after = max(after, storage_keys.uploads_of(now - timedelta(days=DAYS)))
    try:
        for page in storage.pages(storage_keys.uploads(), after):
            for key in _orphans(page, now - ORPHAN_AGE):
                log.warning("No upload knows a stored file: it is set aside", key=key)
                storage.set_aside(key)
                if time.monotonic() >= deadline:
                    return key
            after = page[-1].key if page else after
            if time.monotonic() >= deadline:
                return after
    except storage.StorageDown as error:
        log.warning("S3 does not answer: orphans stay for now", error=error)
    return ""


def _orphans(page: Iterable[StoredFile], stored_before: datetime) -> list[str]:
    tasks = {file.key: storage_keys.task_id_of(file.key) for file in page if file.stored_at < stored_before}
    named = {key: task for key, task in tasks.items() if task}
    known = set(BulkUpload.objects.filter(pk__in=named.values()).values_list("pk", flat=True))
    if unknown := set(named.values()) - known:
        known |= set(UploadDraft.objects.filter(pk__in=unknown).values_list("pk", flat=True))
    return [key for key, task in named.items() if task not in known]
