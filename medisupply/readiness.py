"""Whether the parts that the site needs answer, asked at most every few seconds and never for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection

from bulk_upload import progress, queue, storage
from bulk_upload.consuming import workload
from medisupply.service_thread import ServiceThread

# Seconds for which a report is given again.
KEPT_SECONDS: Final = 3.0
# Seconds after which a report is too old to be given while a newer one is being made.
OLD_SECONDS: Final = 15.0
# Seconds that all checks together may take.
DEADLINE_SECONDS: Final = 2.0

# Without these neither uploads nor their states can be served.
REQUIRED: Final = ("database", "bucket")


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found: whether the part is well (`None`: not known), and its figure for the report."""

    is_ok: bool | None
    figure: tuple[str, int | None] | None = None


FAILED: Final = Result(is_ok=False)
UNKNOWN: Final = Result(is_ok=None)

Checks = Mapping[str, Callable[[], Result]]


class Readiness:
    """The newest report. One thread at a time makes it, the others are given the last one."""

    def __init__(self, services: Iterable[Checks] | None = None) -> None:
        self._services = [(checks, ServiceThread(checks)) for checks in (SERVICES if services is None else services)]
        self._lock = threading.Lock()
        self._report: dict[str, Any] = {}
        self._made_at = float("-inf")

    def report(self) -> dict[str, Any]:
        """``{"status", "parts", "failing", "degraded", "workers", "oldest_waiting_seconds", "dead_letters"}``."""
        if self._age() < KEPT_SECONDS:
            return self._report
        if self._lock.acquire(blocking=self._age() >= OLD_SECONDS):
            try:
                if self._age() >= KEPT_SECONDS:
                    self._report, self._made_at = report_of(self._check()), time.monotonic()
            finally:
                self._lock.release()
        return self._report

    def _age(self) -> float:
        return time.monotonic() - self._made_at

    def _check(self) -> dict[str, Result]:
        deadline = time.monotonic() + DEADLINE_SECONDS
        for _, service in self._services:
            service.start()
        results: dict[str, Result] = {}
        for checks, service in self._services:
            results |= _with_the_missing(checks, service.answers(deadline))
        return results


def _with_the_missing(checks: Checks, found: Mapping[str, Result]) -> dict[str, Result]:
    """The check that raised or hangs has failed; those after it were not tried."""
    results = {name: found.get(name, UNKNOWN) for name in checks}
    failed = next((name for name in checks if name not in found), None)
    return results | ({failed: FAILED} if failed else {})


def report_of(results: Mapping[str, Result]) -> dict[str, Any]:
    """The report's JSON. A figure is `None` when there is none, or when the part that knows it does not answer."""
    amiss = [name for name, result in results.items() if result.is_ok is False]
    failing = [name for name in amiss if name in REQUIRED]
    degraded = [name for name in amiss if name not in REQUIRED]
    parts = {name: "unknown" if result.is_ok is None else "ok" for name, result in results.items()}
    figures = dict(result.figure for result in results.values() if result.figure)
    return {
        "status": "unavailable" if failing else "degraded" if degraded else "ok",
        "parts": parts | dict.fromkeys(failing, "failing") | dict.fromkeys(degraded, "degraded"),
        "failing": failing,
        "degraded": degraded,
        **{name: figures.get(name) for name in ("workers", "oldest_waiting_seconds", "dead_letters")},
    }


def _database() -> Result:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Result(is_ok=True)


def _bucket() -> Result:
    storage.ping()
    return Result(is_ok=True)


def _cache() -> Result:
    progress.ping()
    return Result(is_ok=True)


def _queue() -> Result:
    queue.ping()
    return Result(is_ok=True)


def _dead_letters() -> Result:
    count = queue.dead_letters()
    return Result(is_ok=count == 0, figure=("dead_letters", count))


def _workers() -> Result:
    count = workload.live_workers()
    return Result(is_ok=count > 0, figure=("workers", count))


def _waiting() -> Result:
    seconds = workload.oldest_waiting_seconds()
    is_ok = seconds is None or seconds <= settings.BULK_UPLOAD_WAITING_SECONDS
    return Result(is_ok=is_ok, figure=("oldest_waiting_seconds", seconds))


SERVICES: Final[tuple[Checks, ...]] = (
    {"database": _database, "workers": _workers, "waiting": _waiting},
    {"bucket": _bucket},
    {"cache": _cache},
    {"queue": _queue, "dead_letters": _dead_letters},
)
