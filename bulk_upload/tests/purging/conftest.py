"""What the tests of the purge share: uploads that have ended, with their files."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.purging import age, with_rows
from bulk_upload.tests.helpers.rows import csv_bytes, row


@pytest.fixture(autouse=True)
def _no_pause(settings: Any) -> None:
    settings.BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS = 0


@pytest.fixture(autouse=True)
def _own_part_of_the_bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of the processes that the test starts."""
    settings.S3_KEY_PREFIX = f"system-{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("S3_KEY_PREFIX", settings.S3_KEY_PREFIX)


@pytest.fixture
def ended(accept: Callable[..., BulkUpload]) -> Callable[..., BulkUpload]:
    """An upload with a stored file, row errors and changes, which ended so many days ago."""
    numbers = iter(range(1, 1_000))

    def make(days: float, *, errors: int = 8, changes: int = 3, **fields: Any) -> BulkUpload:
        upload = with_rows(accept(csv_bytes([row(next(numbers))])), errors, changes)
        return age(upload, days, **{"status": "completed", **fields})

    return make
