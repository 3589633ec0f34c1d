"""Publish what was never published or whose message was lost; show again how uploads have ended; set orphans aside.

Every worker sweeps now and then. Two that do so at once do no harm: each publication has a number that
only one of them can take.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload import intake, queue, snapshots
from bulk_upload.consuming import redelivery_delay
from bulk_upload.consuming.orphans import set_aside_orphans
from bulk_upload.log_fields import of_file, of_upload
from bulk_upload.models import FINAL, BulkUpload, PreparedFile, lease
from bulk_upload.workbooks import prepared_files
from medisupply.backends.database import database_now
from medisupply.logs.context import only

log = get_logger(__name__)

# Most uploads that one sweep publishes.
BATCH: Final = 100
# A message sent again is waited for twice as long as the one before, up to 2**6 times.
LONGEST_DOUBLING: Final = 6
ORPHANS_EVERY_SECONDS: Final = 3600.0
ORPHANS_AFTER_SECONDS: Final = 60.0
# Seconds that a look for orphans may take; it goes on at the next sweep.
ORPHANS_SECONDS: Final = 3.0
# How far back uploads that have ended are shown again, and the age up to which they are looked for.
ENDED: Final = timedelta(minutes=2)
ACCEPTED: Final = timedelta(hours=1)


class Sweeper:
    """Remembers when it swept last. One for each worker."""

    def __init__(self) -> None:
        self._published_at = float("-inf")
        # Not at once: a worker that has just started has work waiting.
        self._orphans_at = time.monotonic() - ORPHANS_EVERY_SECONDS + ORPHANS_AFTER_SECONDS
        self._orphans_after = ""

    def publish_if_due(self) -> None:
        """Publish what waits, every `BULK_UPLOAD_SWEEP_SECONDS`. Short enough to be done during an import."""
        now = time.monotonic()
        if now - self._published_at >= settings.BULK_UPLOAD_SWEEP_SECONDS:
            self._published_at = now
            with only():  # it is no part of the import that it interrupts
                publish_waiting()

    def sweep_if_due(self) -> None:
        """All that is due, while no import waits for it."""
        now = time.monotonic()
        if now - self._published_at < settings.BULK_UPLOAD_SWEEP_SECONDS:
            return
        self.publish_if_due()
        show_ended()
        if self._orphans_after or now - self._orphans_at >= ORPHANS_EVERY_SECONDS:
            self._orphans_at = now
            self._orphans_after = set_aside_orphans(ORPHANS_SECONDS, self._orphans_after)


def publish_waiting() -> None:
    """Publish uploads that were accepted while SQS was away, and those whose message seems lost."""
    grace = timedelta(seconds=settings.BULK_UPLOAD_SWEEP_SECONDS)
    for upload in BulkUpload.objects.never_published(grace).order_by("number")[:BATCH]:
        with bound_contextvars(**of_upload(upload)):
            log.info("The upload was never published")
            if not intake.publish(upload):
                return
    for file in PreparedFile.objects.never_published(grace)[:BATCH]:
        with bound_contextvars(**of_file(file)):
            if not prepared_files.publish(file):
                return
    try:
        missing = _lost_messages()
    except queue.QueueFault as error:
        log.warning("SQS does not answer: nothing is published again for now", error=error)
        return
    for upload in _abandoned(missing):
        with bound_contextvars(**of_upload(upload)):
            log.warning("The upload is worked on by nobody: publishing it again")
            if not intake.publish(upload):
                return
    for file in _abandoned_files(missing):
        with bound_contextvars(**of_file(file)):
            log.warning("The file to correct is made by nobody: publishing it again")
            if not prepared_files.publish(file):
                return


def show_ended() -> None:
    """Put the final snapshots of what has just ended where the cache has them not."""
    now = database_now()
    ended = BulkUpload.objects.filter(created_at__gt=now - ACCEPTED, status__in=FINAL, completed_at__gt=now - ENDED)
    for upload in ended.defer("productos_creados", "productos_actualizados")[:BATCH]:
        snapshots.show(upload)


def _abandoned(missing: int) -> list[BulkUpload]:
    """Uploads whose message seems lost: no worker has them, and their time is up."""
    patience = 2 * lease()
    longest_delay = timedelta(seconds=2 * redelivery_delay.LONGEST_DELAY)
    now = database_now()
    # A worker died, or gave the upload back after a fault and its message comes again in its time.
    dead = Q(faults=0, lease_until__lt=now - patience) | Q(lease_until__lt=now - longest_delay)
    found = list(BulkUpload.objects.next_of_their_suppliers().filter(dead, status="processing")[:BATCH])
    if missing > 0:
        waiting = BulkUpload.objects.next_of_their_suppliers().filter(status="pending", published_at__lt=now - patience)
        found += waiting.order_by("published_at")[: min(missing, BATCH)]
    return [upload for upload in found if upload.waited_since(now) >= patience * _doublings(upload)]


def _abandoned_files(missing: int) -> list[PreparedFile]:
    """As `_abandoned`, files that are to be made of uploads."""
    now, patience = database_now(), 2 * lease()
    found = list(PreparedFile.objects.filter(state="processing", lease_until__lt=now - patience)[:BATCH])
    if missing > 0:
        waiting = PreparedFile.objects.filter(state="pending", published_at__lt=now - patience)
        found += waiting.order_by("published_at")[: min(missing, BATCH)]
    return [file for file in found if file.waited_since(now) >= patience * _doublings(file)]


def _lost_messages() -> int:
    """How many messages are missing: a queue that holds as many as were published for what has not ended has lost none.

    Raises `QueueFault`s.
    """
    uploads = BulkUpload.objects.unfinished().filter(published_at__isnull=False).count()
    published = uploads + PreparedFile.objects.unfinished().filter(published_at__isnull=False).count()
    return published - queue.waiting_messages() if published else 0


def _doublings(waiting: BulkUpload | PreparedFile) -> int:
    return 1 << min(max(waiting.publications - 1, 0), LONGEST_DOUBLING)
