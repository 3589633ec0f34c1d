"""One message at a time: what the worker does with each, against a real queue and bucket."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from bulk_upload import queue, storage
from bulk_upload.consuming import import_attempt
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.queues import dead_letters, waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from catalog.models import Product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


def test_an_upload_is_imported_and_its_message_deleted(accept, worker):
    upload = accept(csv_bytes([row(1), row(2)]))
    assert worker.step() is True
    upload.refresh_from_db()
    assert (upload.status, upload.exitosos, upload.attempts) == ("completed", 2, 1)
    assert Product.objects.count() == 2
    assert waiting() == (0, 0)


def test_an_empty_queue_is_nothing_to_do(worker):
    assert worker.step() is False


def test_a_message_delivered_again_after_the_end_is_deleted(accept, worker):
    upload = accept(csv_bytes([row(1)]))
    worker.step()
    queue.publish(upload.pk, "PROV001", 99)
    worker.step()
    upload.refresh_from_db()
    assert (upload.exitosos, upload.attempts) == (1, 1)
    assert waiting() == (0, 0)


def test_a_second_delivery_of_a_live_claim_is_given_back(accept, worker):
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.claim(upload.pk, timedelta(seconds=60))
    worker.step()
    assert waiting() == (0, 1)
    assert Product.objects.count() == 0


@pytest.mark.parametrize(
    "body", ["hola", "[]", '{"version": "2", "task_id": "x"}', '{"version": 1}', '{"version": 1, "task_id": 7}']
)
def test_a_message_that_is_not_ours_goes_to_the_dead_letters(worker, body):
    queue.client().send_message(
        QueueUrl=queue.queue_url(), MessageBody=body, MessageGroupId="x", MessageDeduplicationId="x"
    )
    worker.step()
    assert (waiting(), dead_letters()) == ((0, 0), [body])


def test_a_file_that_cannot_be_imported_fails_in_words_and_is_not_tried_again(accept, worker):
    upload = accept(b"hola\n")
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.error_code) == ("failed", "no_header")
    assert waiting() == (0, 0)


def test_a_file_that_is_gone_fails_in_words(accept, worker):
    upload = accept(csv_bytes([row(1)]))
    default_storage.delete(upload.s3_key)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.error_code) == ("failed", "file_missing")


def test_a_bucket_that_is_missing_is_a_passing_fault(accept, worker, monkeypatch):
    upload = accept(csv_bytes([row(1)]))
    monkeypatch.setattr(storage, "_bucket", lambda: "no-such-bucket")
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, waiting()) == ("processing", (0, 1))


def test_something_unforeseen_counts_and_the_last_attempt_fails_in_words(accept, worker, monkeypatch, settings):
    def broken(*args, **more):
        raise ValueError("a bug")

    settings.BULK_UPLOAD_MAX_ATTEMPTS = 2
    upload = accept(csv_bytes([row(1)]))
    monkeypatch.setattr(import_attempt, "import_table", broken)
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.attempts, upload.faults, waiting()) == ("processing", 1, 0, (0, 1))
    queue.publish(upload.pk, "OTHER", 2)  # a group of its own: the first message is not visible yet
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.error_code) == ("failed", "attempts_exhausted")
    assert [json.loads(body)["task_id"] for body in dead_letters()] == [str(upload.pk)]


def test_a_stop_in_the_middle_gives_the_upload_back_at_its_checkpoint(accept, worker, settings, monkeypatch):
    settings.BULK_UPLOAD_CHUNK_ROWS = 2
    upload = accept(csv_bytes([row(n) for n in range(1, 8)]))
    checkpoint = BulkUpload.checkpoint

    def stopped_after(*args):
        checkpoint(*args)
        worker._stopping = True

    with monkeypatch.context() as patch:
        patch.setattr(BulkUpload, "checkpoint", stopped_after)
        worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.next_row, upload.exitosos, upload.attempts) == ("processing", 4, 2, 0)
    assert waiting() == (1, 0)
    worker._stopping = False
    worker.step()
    upload.refresh_from_db()
    assert (upload.status, upload.exitosos) == ("completed", 7)


def test_the_worker_counts_its_messages(accept, worker):
    for n in (1, 2, 3):
        accept(csv_bytes([row(n)]))
    assert worker.run(max_messages=2) == 2
    assert BulkUpload.objects.filter(status="completed").count() == 2
