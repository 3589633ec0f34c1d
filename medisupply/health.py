"""`/health`: the process is up. `/health/ready`: what it needs answers, too."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from bulk_upload import progress, queue, storage
from medisupply.shared_cache import CacheDown

log = logging.getLogger(__name__)


def health(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database, the cache, the bucket and the queue answer; else 503 naming those that fail."""
    parts: dict[str, Callable[[], object]] = {
        "database": _database,
        "cache": progress.ping,
        "bucket": storage.ping,
        "queue": queue.ping,
    }
    states = {name: _state(name, check) for name, check in parts.items()}
    failing = [name for name, state in states.items() if state != "ok"]
    body = {"status": "unavailable" if failing else "ok", "parts": states, "failing": failing}
    return JsonResponse(body, status=503 if failing else 200)


def _state(name: str, check: Callable[[], object]) -> str:
    try:
        check()
    except (DatabaseError, CacheDown, storage.StorageDown, *queue.QueueFault) as error:
        log.warning("Not ready: %s: %s", name, error)
        return "failing"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
