"""A worker killed at any moment loses nothing and does nothing twice."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from bulk_upload import queue
from bulk_upload.models import BulkUpload
from bulk_upload.tests.outcomes import clear, eventful_file, outcome, prepare_catalogue
from bulk_upload.tests.processes import LEASE_SECONDS, supervised, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROWS, KILLS = 20_000, 20


def send(accept, supplier):
    clear()
    prepare_catalogue(ROWS, supplier)
    return accept(eventful_file(ROWS), replace=True)


def ended(upload):
    return BulkUpload.objects.filter(pk=upload.pk, completed_at__isnull=False).exists()


def empty_queue():
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = queue.client().get_queue_attributes(QueueUrl=queue.queue_url(), AttributeNames=names)["Attributes"]
    return set(counts.values()) == {"0"}


def test_twenty_kills_at_random_moments_change_nothing(accept, supplier):
    chance = random.Random()
    with supervised(2) as workers:
        undisturbed = send(accept, supplier)
        began = time.monotonic()
        wait_for(lambda: ended(undisturbed))
        takes = time.monotonic() - began
        expected = outcome(undisturbed)
        assert expected["counts"]["status"] == "completed"
        resumed = 0
        for _ in range(KILLS):
            upload = send(accept, supplier)
            moment = chance.uniform(0, takes)
            time.sleep(moment)
            for pid in workers.pids():
                os.kill(pid, signal.SIGKILL)
            try:
                wait_for(lambda: ended(upload), 60)  # noqa: B023  # called at once
            except AssertionError:
                from django.utils import timezone
                print(timezone.now(), BulkUpload.objects.filter(pk=upload.pk).values(), workers.pids())
                for f in sorted(__import__("pathlib").Path(workers._folder.name).glob("0*.log")): print(f.read_text()[-3000:])
                raise
            assert outcome(upload) == expected, f"killed after {moment:.3f} s of {takes:.3f} s"
            resumed += upload.claim_number > 1
        wait_for(empty_queue, LEASE_SECONDS + 5)
        # A test that never hit an import in the middle would prove nothing.
        assert resumed >= KILLS / 4
