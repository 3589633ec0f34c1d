"""Whether the parts that the site needs answer, asked at most every few seconds and never for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection
from structlog.contextvars import get_contextvars
from structlog.stdlib import get_logger

from bulk_upload import progress, queue, storage
from bulk_upload.consuming import workload
from medisupply.logs import context as log_context

log = get_logger(__name__)

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


class Service:
    """The checks of one service, on a thread of their own: one that hangs holds neither a request nor the others."""

    def __init__(self, checks: Checks) -> None:
        """The first of `checks` is whether the service answers: without it the others are not tried."""
        self._checks = checks
        self._results: dict[str, Result] = {}
        self._wanted = threading.Event()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        # Of the request that asks: what is logged here is logged for it.
        self._log_fields: dict[str, Any] = {}

    def start(self) -> None:
        """Begin to check, unless the last time has not ended yet."""
        if self._thread is None:
            # No pool: Python waits for the threads of one before it ends.
            self._thread = threading.Thread(target=self._loop, name=f"check-{next(iter(self._checks))}", daemon=True)
            self._thread.start()
        elif not self._done.is_set():
            return
        self._results, self._log_fields = {}, get_contextvars()
        self._done.clear()
        self._wanted.set()

    def results(self, deadline: float) -> dict[str, Result]:
        """What was found until `deadline` (`time.monotonic()`): the check that raises or hangs has failed."""
        self._done.wait(max(0.0, deadline - time.monotonic()))
        found = dict(self._results)
        results = {name: found.get(name, UNKNOWN) for name in self._checks}
        failed = next((name for name in self._checks if name not in found), None)
        return results | ({failed: FAILED} if failed else {})

    def _loop(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                with log_context.only(**self._log_fields):
                    self._check(self._results)
            finally:
                connection.close()  # this thread's own
                self._done.set()

    def _check(self, results: dict[str, Result]) -> None:
        for name, check in self._checks.items():
            try:
                results[name] = check()
            except Exception as error:  # noqa: BLE001  # whatever a driver raises, the part does not work
                log.warning("A part of the system is not ready", part=name, error=error)
                return


class Readiness:
    """The newest report. One thread at a time makes it, the others are given the last one."""

    def __init__(self, services: Iterable[Checks] | None = None) -> None:
        self._services = [Service(checks) for checks in (SERVICES if services is None else services)]
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
        for service in self._services:
            service.start()
        return {name: result for service in self._services for name, result in service.results(deadline).items()}


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
