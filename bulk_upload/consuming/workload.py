"""What the workers have to do, and whether there are any: figures for health checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Min, Q

from bulk_upload.consuming.heartbeats import EVERY_SECONDS
from bulk_upload.models import BulkUpload, Status, WorkerHeartbeat
from medisupply.backends.database import database_now

# A worker that was not seen for so long is dead, or cannot reach the database.
ALIVE: Final = timedelta(seconds=3 * EVERY_SECONDS)


def live_workers() -> int:
    """How many workers have been seen a moment ago. Raises `DatabaseError`."""
    return WorkerHeartbeat.objects.filter(seen_at__gt=database_now() - ALIVE).count()


def oldest_waiting_seconds() -> int | None:
    """For how long an upload has waited for a worker at most; `None` when none waits. Raises `DatabaseError`.

    One waits since it was accepted, retried, or left by the worker that had it.
    """
    now = database_now()
    waits = BulkUpload.objects.unfinished().aggregate(
        pending=Min("updated_at", filter=Q(status=Status.PENDING)),
        left=Min("lease_until", filter=Q(status=Status.PROCESSING, lease_until__lt=now)),
    )
    since = [moment for moment in waits.values() if moment is not None]
    return max(0, int((now - min(since)).total_seconds())) if since else None
