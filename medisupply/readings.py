"""Figures of database and queue for Prometheus, read when it asks: at most every few seconds and never for long.

What a part does not answer in time is left out, and said so: a figure that is not known is not 0.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bulk_upload import progress, queue
from bulk_upload.consuming import workload
from bulk_upload.models import BulkUpload
from medisupply.backends.database import database_now
from medisupply.metrics.declared import (
    DEAD_LETTERS,
    OLDEST_WAITING,
    QUEUE_MESSAGES,
    READ,
    SCRAPE_ERROR,
    STATES,
    UPLOADS,
    WORKERS,
)
from medisupply.metrics.metric_types import LabelValues
from medisupply.service_thread import ServiceThread

# Seconds for which figures are given again, also to a second Prometheus.
KEPT_SECONDS: Final = 3.0
# Seconds that all parts together may take, and one statement of the database.
DEADLINE_SECONDS: Final = 2.0
# Of uploads that have ended, only those that were accepted so long ago at most: all of them would be the whole table.
RECENT: Final = timedelta(days=1)

Figures = Mapping[LabelValues, float]
# The questions to each part, by the names of the metrics that they give.
Parts = Mapping[str, Mapping[str, Callable[[], Figures]]]


class Readings(Collector):
    """Asks each part on a thread of its own. One request at a time does so, the others wait for what it gets."""

    def __init__(self, parts: Parts | None = None) -> None:
        self._parts = PARTS if parts is None else parts
        self._threads = {part: ServiceThread(questions) for part, questions in self._parts.items()}
        self._lock = threading.Lock()
        self._figures: Mapping[str, Figures] = {}
        self._read_at = float("-inf")

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._lock:
            if time.monotonic() - self._read_at >= KEPT_SECONDS:
                self._figures, self._read_at = self._read(), time.monotonic()
            figures = self._figures
        for metric in READ:
            if metric.name in figures:
                family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
                for values, value in figures[metric.name].items():
                    family.add_metric(values, value)
                yield family

    def _read(self) -> dict[str, Figures]:
        deadline = time.monotonic() + DEADLINE_SECONDS
        for thread in self._threads.values():
            thread.start()
        found: dict[str, Figures] = {}
        errors: dict[LabelValues, float] = {}
        for part, thread in self._threads.items():
            answers = thread.answers(deadline)
            errors[part,] = float(len(answers) < len(self._parts[part]))
            found |= answers
        return found | {SCRAPE_ERROR.name: errors}


def _uploads() -> Figures:
    with transaction.atomic():
        _limit_statements()
        counted = BulkUpload.objects.counted_by_state(accepted_since=database_now() - RECENT)
    return {(state,): counted.get(state, 0) for state in STATES}


def _oldest_waiting() -> Figures:
    with transaction.atomic():
        _limit_statements()
        return {(): workload.oldest_waiting_seconds() or 0}


def _workers() -> Figures:
    with transaction.atomic():
        _limit_statements()
        return {(): workload.live_workers()}


def _cache() -> Figures:
    progress.ping()
    return {}


def _queue_messages() -> Figures:
    return {(): queue.waiting_messages()}


def _dead_letters() -> Figures:
    return {(): queue.dead_letters()}


def _limit_statements() -> None:
    """Within this transaction: a statement ends soon after nobody waits for it any more."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {round(DEADLINE_SECONDS * 1000)}")


PARTS: Final[Parts] = {
    "database": {UPLOADS.name: _uploads, OLDEST_WAITING.name: _oldest_waiting, WORKERS.name: _workers},
    # Whether it answers is all that is asked of it.
    "cache": {"": _cache},
    "queue": {QUEUE_MESSAGES.name: _queue_messages, DEAD_LETTERS.name: _dead_letters},
}
