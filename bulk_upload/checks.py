"""System checks: combinations of settings that would only hurt later, at night."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from bulk_upload import queue
from medisupply.backends import pooler

# What a chunk may take at worst, row by row on a slow database: 5 ms for each row.
SLOWEST_ROW_SECONDS: Final = 0.005


@register(Tags.compatibility)
def check_queue_is_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001: without a queue nothing is ever imported."""
    if settings.SQS_QUEUE_URL or settings.SQS_QUEUE_NAME:
        return []
    return [
        Error(
            "No queue is configured: SQS_QUEUE_URL and SQS_QUEUE_NAME are both empty.",
            hint="Set SQS_QUEUE_NAME (such as medisupply-bulk-upload-queue.fifo) or the full SQS_QUEUE_URL.",
            id="bulk_upload.E001",
        )
    ]


@register(Tags.compatibility)
def check_lease_outlasts_a_chunk(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E002: a lease shorter than a chunk would let two workers do the same work again and again."""
    chunk = settings.BULK_UPLOAD_CHUNK_ROWS * SLOWEST_ROW_SECONDS
    if chunk < settings.BULK_UPLOAD_LEASE_SECONDS:
        return []
    return [
        Error(
            f"BULK_UPLOAD_LEASE_SECONDS ({settings.BULK_UPLOAD_LEASE_SECONDS}) is shorter than a slow chunk of "
            f"BULK_UPLOAD_CHUNK_ROWS ({settings.BULK_UPLOAD_CHUNK_ROWS}) rows may take ({chunk:.0f} s).",
            hint="Raise BULK_UPLOAD_LEASE_SECONDS or lower BULK_UPLOAD_CHUNK_ROWS.",
            id="bulk_upload.E002",
        )
    ]


@register(Tags.compatibility)
def check_cache_is_shared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W003: a cache inside each process cannot show the worker's progress to the web process."""
    backend = settings.CACHES["default"]["BACKEND"]
    if not backend.endswith(("LocMemCache", "DummyCache")):
        return []
    return [
        checks.Warning(
            f"The cache ({backend.rpartition('.')[2]}) belongs to each process alone, but the worker is another one.",
            hint="Set REDIS_URL: clients then see live progress without a query of the database for each poll.",
            id="bulk_upload.W003",
        )
    ]


@register(Tags.compatibility)
def check_debug_stays_at_home(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W005: DEBUG with real AWS shows settings to strangers and mixes test files with real ones."""
    if not settings.DEBUG or settings.AWS_ENDPOINT_URL:
        return []
    return [
        checks.Warning(
            "DEBUG is on and AWS_ENDPOINT_URL is empty: uploads go to the real AWS.",
            hint="Set AWS_ENDPOINT_URL to a local moto server, or switch DEBUG off.",
            id="bulk_upload.W005",
        )
    ]


@register(Tags.database)
def check_sessions_are_our_own(
    app_configs: Any, databases: Collection[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """E007 (only with --database, since it asks the database): pgbouncer in transaction mode drops the time limits.

    The worker and `bootstrap` refuse to start for the same reason.
    """
    if "default" not in (databases or ()):
        return []
    problem = pooler.pooler_problem()
    return [Error(problem, hint=pooler.HINT, id="bulk_upload.E007")] if problem else []


@register("aws", deploy=True)
def check_dead_letters(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W004 (only with --deploy, since it asks SQS): a queue without dead letters tries a bad message for ever."""
    try:
        if queue.has_dead_letters():
            return []
    except queue.QueueFault as error:
        return [
            checks.Warning(f"SQS does not answer: {error}", hint="Run `manage.py bootstrap`.", id="bulk_upload.W006")
        ]
    return [
        checks.Warning(
            f"The queue {queue.queue_name()} has no dead-letter queue.",
            hint="Run `manage.py bootstrap`, or set a RedrivePolicy on the queue.",
            id="bulk_upload.W004",
        )
    ]
