"""A part of bucket, queue and cache for each test alone, and the command."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command

from bulk_upload import queue
from bulk_upload.consuming import orphans
from bulk_upload.models import BulkUpload, PreparedFile
from medisupply.backends.database import database_now

# Exit status and lines, without those that say what was looked at.
Checked = tuple[int, list[str]]


@pytest.fixture(autouse=True)
def _alone(aws, settings, monkeypatch):
    settings.S3_KEY_PREFIX = f"system-{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("S3_KEY_PREFIX", settings.S3_KEY_PREFIX)
    monkeypatch.setattr(orphans, "ORPHAN_AGE", timedelta(0))
    cache.delete_pattern("upload-status:*")


@pytest.fixture
def check() -> Callable[..., Checked]:
    """Runs the command."""

    def run(*arguments: str) -> Checked:
        said = StringIO()
        try:
            call_command("check_consistency", *arguments, stdout=said)
            status = 0
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        return status, [line for line in said.getvalue().splitlines() if "No se pudo" in line or line[:1] != "["]

    return run


@pytest.fixture
def age():
    """Makes what was published and accepted older, by minutes."""

    def run(minutes: int = 10) -> None:
        then = database_now() - timedelta(minutes=minutes)
        BulkUpload.objects.exclude(published_at=None).update(published_at=then)
        BulkUpload.objects.update(created_at=then)
        PreparedFile.objects.exclude(published_at=None).update(published_at=then)

    return run


@pytest.fixture
def new_queue(settings, monkeypatch):
    """The queue is lost with all its messages, and there is a new one."""

    def run() -> None:
        settings.SQS_QUEUE_NAME = f"test-{uuid.uuid4()}.fifo"
        monkeypatch.setenv("SQS_QUEUE_NAME", settings.SQS_QUEUE_NAME)
        queue.ensure_queues()

    return run
