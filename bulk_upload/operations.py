"""What an operator asks first: who works, what waits, what the day brought, and how fast it goes.

Everything is read from the database when it is asked for, in a few short queries; only the queue's figures are SQS's.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone

from bulk_upload import queue
from bulk_upload.consuming.workload import ALIVE
from bulk_upload.models import BulkUpload, Status, WorkerHeartbeat
from medisupply.backends.database import database_now
from medisupply.service_thread import ServiceThread

# Seconds for which SQS is waited for: the page must open while it is away.
QUEUE_SECONDS: Final = 2.0
# Uploads that are listed as slow or failing.
LISTED: Final = 8
# Uploads of which rows per minute are made, at most: the newest.
PLOTTED: Final = 5_000
MINUTE: Final = timedelta(minutes=1)

Uploads = QuerySet[BulkUpload]


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that has been seen a moment ago, or (`is_alive` false) one that has not left and is silent."""

    name: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    upload: BulkUpload | None


@dataclass(frozen=True, slots=True)
class Day:
    """The uploads that were accepted since midnight, by state, and their rows."""

    uploads: dict[Status, int]
    rows: int
    rejected: int

    @property
    def total(self) -> int:
        return sum(self.uploads.values())


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """About how many messages there are; `None` while SQS does not answer."""

    messages: int | None
    dead_letters: int | None


def workers(visible: Uploads) -> list[Worker]:
    """All of them, those that work first. An upload that is not `visible` to the reader is left out."""
    now = database_now()
    beats = list(WorkerHeartbeat.objects.order_by("started_at"))
    uploads = visible.defer("productos_creados", "productos_actualizados").in_bulk(
        [beat.task_id for beat in beats if beat.task_id]
    )
    found = [
        Worker(
            beat.name.rpartition(":")[0],
            beat.started_at,
            beat.seen_at,
            beat.seen_at > now - ALIVE,
            uploads.get(beat.task_id) if beat.task_id else None,
        )
        for beat in beats
    ]
    return sorted(found, key=lambda worker: (not worker.is_alive, worker.upload is None))


def queue_figures() -> QueueFigures:
    """Of the queue and its dead letters. Where SQS hangs, the page waits no longer than `QUEUE_SECONDS`."""
    _queue.start()
    answers = _queue.answers(time.monotonic() + QUEUE_SECONDS)
    return QueueFigures(answers.get("messages"), answers.get("dead_letters"))


def _messages() -> int:
    return queue.waiting_messages()


def _dead_letters() -> int:
    return queue.dead_letters()


_queue: Final = ServiceThread({"messages": _messages, "dead_letters": _dead_letters})


def today(visible: Uploads) -> Day:
    counts = {
        found["status"]: found
        for found in visible.filter(created_at__gte=midnight())
        .order_by()
        .values("status")
        .annotate(uploads=Count("pk"), rows=Sum("total"), rejected=Sum("rechazados"))
    }
    return Day(
        {status: counts[status]["uploads"] if status in counts else 0 for status in Status},
        sum(found["rows"] for found in counts.values()),
        sum(found["rejected"] for found in counts.values()),
    )


def slowest(visible: Uploads) -> list[BulkUpload]:
    """Those of today whose import took longest; each has its `took`."""
    took = ExpressionWrapper(F("completed_at") - F("started_at"), output_field=DurationField())
    ended = visible.filter(created_at__gte=midnight(), status=Status.COMPLETED, started_at__isnull=False)
    return list(ended.annotate(took=took).order_by("-took")[:LISTED])


def failing(visible: Uploads) -> list[BulkUpload]:
    """Those that failed today, or are tried again and again, the newest first."""
    again = Q(status__in=[Status.PENDING, Status.PROCESSING]) & (Q(faults__gt=0) | Q(attempts__gt=1))
    failed = Q(status=Status.FAILED, completed_at__gte=midnight())
    return list(visible.filter(again | failed).order_by("-number")[:LISTED])


def rows_per_minute(visible: Uploads, minutes: int = 120) -> list[float]:
    """How many rows were dealt with in each of the last minutes, the oldest first.

    An upload's rows are spread evenly over the time of its import: what is exact is their sum.
    """
    now = database_now()
    since = now - minutes * MINUTE
    running = visible.filter(Q(completed_at__gte=since) | Q(completed_at=None), started_at__isnull=False)
    rows = running.order_by("-number").values_list(
        "started_at", "completed_at", F("creados") + F("actualizados") + F("sin_cambios") + F("rechazados")
    )
    found = [0.0] * minutes
    for started, completed, count in rows[:PLOTTED]:
        _spread(found, (started - since) / MINUTE, ((completed or now) - since) / MINUTE, count)
    return found


def _spread(found: list[float], start: float, end: float, count: int) -> None:
    """Add `count` rows to the minutes that they took, from `start` to `end`."""
    length = max(end - start, 1e-6)
    for minute in range(max(0, int(start)), min(int(end) + 1, len(found))):
        share = min(end, minute + 1) - max(start, minute)
        found[minute] += count * min(1.0, max(share, 1e-6 if end == start else 0.0) / length)


def midnight() -> datetime:
    """When today began, in the site's time zone."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
