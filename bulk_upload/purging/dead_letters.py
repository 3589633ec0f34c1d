"""Dead letters of uploads that ended long ago. Others stay until SQS itself removes them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.conf import settings

from bulk_upload import queue
from bulk_upload.models import BulkUpload
from bulk_upload.purging.ages import limit
from bulk_upload.purging.report import Removed


def purge_dead_letters(removed: Removed, *, only_count: bool = False) -> None:
    """Raises the faults of SQS."""
    removed.add(queue.remove_old_dead_letters(_ended, only_count=only_count))


def _ended(task_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    before = limit(settings.BULK_UPLOAD_KEEP_DEAD_LETTERS_DAYS)
    if before is None:
        return set()
    ended = BulkUpload.objects.filter(pk__in=task_ids).ended_before(before)
    return set(ended.values_list("pk", flat=True))
