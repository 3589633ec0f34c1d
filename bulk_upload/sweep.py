"""What nobody else will do any more: publish uploads whose message was never sent or was lost, and set aside
stored files that no upload knows.

Every worker sweeps now and then. Two that do so at once do no harm: each publication has a number that
only one of them can take.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from bulk_upload import intake
from bulk_upload.models import BulkUpload, lease
from bulk_upload.orphans import set_aside_orphans

log = logging.getLogger(__name__)

# Most uploads that one sweep publishes.
BATCH: Final = 100
# A message sent again is waited for twice as long as the one before, up to 2**6 times.
LONGEST_DOUBLING: Final = 6
ORPHANS_EVERY_SECONDS: Final = 3600.0
# Seconds that one search for orphans may take; what is left is for the next sweep.
ORPHANS_SECONDS: Final = 3.0


class Sweeper:
    """Remembers when it swept last. One for each worker."""

    def __init__(self) -> None:
        self._swept_at = float("-inf")
        self._orphans_at = float("-inf")
        self._orphans_after = ""

    def sweep_if_due(self) -> None:
        """Publish what waits, every `BULK_UPLOAD_SWEEP_SECONDS`; look for orphans once an hour."""
        now = time.monotonic()
        if now - self._swept_at >= settings.BULK_UPLOAD_SWEEP_SECONDS:
            self._swept_at = now
            publish_waiting()
            self._look_for_orphans(now)

    def _look_for_orphans(self, now: float) -> None:
        if self._orphans_after or now - self._orphans_at >= ORPHANS_EVERY_SECONDS:
            self._orphans_at = now
            self._orphans_after = set_aside_orphans(ORPHANS_SECONDS, self._orphans_after)


def publish_waiting() -> None:
    """Publish uploads that were accepted while SQS was away, and those whose message seems lost."""
    grace = timedelta(seconds=settings.BULK_UPLOAD_SWEEP_SECONDS)
    for upload in BulkUpload.objects.never_published(grace).order_by("number")[:BATCH]:
        log.info("Upload %s was never published", upload.pk)
        if not intake.publish(upload):
            return
    patience = 2 * lease()
    for upload in BulkUpload.objects.stalled(patience).order_by("published_at")[:BATCH]:
        wait = patience * 2 ** min(upload.publications - 1, LONGEST_DOUBLING)
        if upload.published_at and upload.published_at + wait > timezone.now():
            continue
        log.warning("Upload %s is worked on by nobody: publishing it again", upload.pk)
        if not intake.publish(upload):
            return
