"""Messages of a newer release, as a rollback leaves them in the queue; what may be added to those of this one."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bulk_upload import queue
from bulk_upload.consuming import message_handler, redelivery_delay, sweep
from bulk_upload.models import BulkUpload
from bulk_upload.redrive import redrive
from bulk_upload.tests.helpers.queues import waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from medisupply.backends.database import database_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


@pytest.fixture
def newer_release(monkeypatch):
    """A context in which this process is of the next release: it publishes and takes version 2 of the message."""

    @contextmanager
    def context():
        with monkeypatch.context() as patch:
            patch.setattr(queue, "VERSION", 2)
            yield

    return context


@pytest.fixture
def of_newer_release(newer_release, accept):
    """An upload that the next release has accepted."""
    with newer_release():
        return accept(csv_bytes([row(1)]))


def status(upload):
    upload.refresh_from_db()
    return upload.status


def test_further_keys_of_a_known_version_are_ignored(accept, worker):
    upload = accept(csv_bytes([row(1)]))
    queue.delete(queue.receive(0))
    body = json.dumps({"version": 1, "task_id": str(upload.pk), "priority": {"level": 9}, "trace": None})
    queue.client().send_message(
        QueueUrl=queue.queue_url(), MessageBody=body, MessageGroupId="x", MessageDeduplicationId="x"
    )
    worker.step()
    assert (status(upload), waiting(), queue.dead_letters()) == ("completed", (0, 0), 0)


def test_a_message_of_a_newer_release_is_given_back_for_a_minute_and_named(of_newer_release, worker, caplog):
    worker.step()
    assert (status(of_newer_release), waiting(), queue.dead_letters()) == ("pending", (0, 1), 0)
    assert "A newer release has published the message: it is given back" in caplog.text
    assert message_handler.UNKNOWN_DELAY == 60


def test_a_newer_worker_takes_it(of_newer_release, newer_release, worker, monkeypatch):
    monkeypatch.setattr(message_handler, "UNKNOWN_DELAY", 0)
    for _ in range(3):
        worker.step()
    with newer_release():
        worker.step()
    assert (status(of_newer_release), waiting(), queue.dead_letters()) == ("completed", (0, 0), 0)


def test_what_no_newer_worker_takes_is_published_in_the_version_of_this_release(
    of_newer_release, newer_release, worker, monkeypatch
):
    monkeypatch.setattr(message_handler, "UNKNOWN_DELAY", 0)
    for _ in range(message_handler.UNKNOWN_DELIVERIES):
        worker.step()
    assert (status(of_newer_release), waiting(), queue.dead_letters()) == ("pending", (0, 0), 1)
    earlier = database_now() - timedelta(minutes=5)
    BulkUpload.objects.update(created_at=earlier, published_at=earlier)
    sweep.publish_waiting()
    worker.step()
    assert (status(of_newer_release), waiting()) == ("completed", (0, 0))
    # What this release does not know it leaves there; the next one knows that it is needed no more.
    assert redrive(BulkUpload.objects.all()).removed == 0
    with newer_release():
        assert redrive(BulkUpload.objects.all()).removed == 1


def test_an_upload_of_a_sheet_that_only_a_newer_release_knows_is_brought_back_by_redrive(accept, worker, monkeypatch):
    monkeypatch.setattr(redelivery_delay, "FIRST_DELAY", 0)
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.update(sheet_name="pedidos")
    for _ in range(6):
        worker.step()
    assert (status(upload), upload.error_code, queue.dead_letters()) == ("failed", "attempts_exhausted", 1)
    # As soon as the newer release is back.
    BulkUpload.objects.update(sheet_name="productos")
    redrive(BulkUpload.objects.all())
    worker.step()
    assert (status(upload), queue.dead_letters()) == ("completed", 0)
