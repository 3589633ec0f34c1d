"""An undo in this process, without the queue's round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from bulk_upload.models import BulkUpload
from bulk_upload.undoing.request import request_undo
from bulk_upload.undoing.undo import undo


@pytest.fixture
def run_undo(aws: None, user: User) -> Callable[[BulkUpload], BulkUpload]:
    """Asks for the undo of an upload and does it."""

    def run(upload: BulkUpload) -> BulkUpload:
        asked = request_undo(upload, user)
        claimed = BulkUpload.objects.claim(asked.pk, timedelta(seconds=60))
        assert claimed
        undo(claimed, after_chunk=lambda: None)
        claimed.complete()
        claimed.refresh_from_db()
        return claimed

    return run
