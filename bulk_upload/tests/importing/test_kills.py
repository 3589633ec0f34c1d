"""A worker killed at any moment loses nothing and does nothing twice."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.outcomes import clear, ended, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.helpers.processes import LEASE_SECONDS, supervised, wait_for
from bulk_upload.tests.helpers.queues import empty_queue
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

# Each round kills two workers, each of which imports one supplier's file: of so many chunks that it takes a while.
ROWS, ROUNDS, CHUNK_ROWS = {"postgresql": 5_000, "sqlite": 3_000}, 10, 100


@pytest.fixture
def send(aws, supplier, other_supplier, user):
    """Sets the catalogue back and sends both suppliers' files."""

    def run() -> list[BulkUpload]:
        clear()
        rows, uploads = ROWS[connection.vendor], []
        for owner, start in ((supplier, 1), (other_supplier, 100_001)):
            prepare_catalogue(rows, owner, start)
            file = SimpleUploadedFile("productos.csv", eventful_file(rows, start))
            uploads.append(accept_upload(file=file, sheet=PRODUCTS, owner=owner, user=user, reemplazar_duplicados=True))
        return uploads

    return run


def reached(row, *uploads):
    """Whether one of the uploads has started, and has at least `row` rows behind it."""
    keys = [upload.pk for upload in uploads]
    return BulkUpload.objects.filter(pk__in=keys, started_at__isnull=False, next_row__gte=row).exists()


def test_twenty_kills_at_random_moments_change_nothing(send):
    with supervised(2, BULK_UPLOAD_CHUNK_ROWS=CHUNK_ROWS) as workers:
        uploads = send()
        wait_for(lambda: ended(*uploads), 60)
        expected = [outcome(upload) for upload in uploads]
        assert [result["counts"]["status"] for result in expected] == ["completed", "completed"]
        resumed = 0
        for _ in range(ROUNDS):
            uploads = send()
            row = random.randrange(ROWS[connection.vendor])
            wait_for(lambda: reached(row, *uploads), pause=0.01)  # noqa: B023  # called at once
            time.sleep(random.uniform(0, 0.05))
            for pid in workers.pids():
                os.kill(pid, signal.SIGKILL)
            wait_for(lambda: ended(*uploads), 90)  # noqa: B023  # called at once
            for upload, result in zip(uploads, expected, strict=True):
                assert outcome(upload) == result, f"killed at row {row}"
                resumed += upload.claim_number > 1
        wait_for(empty_queue, LEASE_SECONDS + 5)
        # A test that never hit an import in the middle would prove nothing.
        assert resumed >= ROUNDS / 2
