"""What the sweep publishes again, and what it leaves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bulk_upload import progress, queue, snapshots
from bulk_upload.consuming import sweep
from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.queues import waiting
from bulk_upload.tests.helpers.rows import csv_bytes, row
from medisupply.backends.database import database_now

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def published(monkeypatch):
    """What is published from now on, as (task, number); nothing of it reaches the queue."""
    sent = []
    monkeypatch.setattr(queue, "publish", lambda task_id, supplier, number: sent.append((task_id, number)))
    return sent


def age(**minutes):
    now = database_now()
    BulkUpload.objects.update(**{name: now - timedelta(minutes=value) for name, value in minutes.items()})


def lose_messages():
    while delivery := queue.receive(0):
        queue.delete(delivery)


def test_uploads_that_wait_in_the_queue_are_not_published_again(accept, monkeypatch):
    for n in range(5):
        accept(csv_bytes([row(n)]))
    sent = []
    monkeypatch.setattr(queue, "publish", lambda task_id, supplier, number: sent.append(task_id))
    age(published_at=60, created_at=60)
    sweep.publish_waiting()
    assert sent == []


def test_a_lost_message_is_sent_again_with_growing_patience(accept, monkeypatch):
    upload, behind = accept(csv_bytes([row(1)])), accept(csv_bytes([row(2)]))
    lose_messages()
    lose_messages()
    sent = []
    monkeypatch.setattr(queue, "publish", lambda task_id, supplier, number: sent.append((task_id, number)))
    sweep.publish_waiting()
    assert sent == []
    age(published_at=2, created_at=2)
    sweep.publish_waiting()
    sweep.publish_waiting()
    assert sent == [(upload.pk, 2)]
    assert BulkUpload.objects.get(pk=behind.pk).publications == 1


def test_a_publication_whose_number_the_queue_has_seen_before_is_a_new_message(accept):
    """So it is in a database that was restored: it counts again from where it was."""
    upload = accept(csv_bytes([row(1)]))
    BulkUpload.objects.filter(pk=upload.pk).update(publications=0, published_at=None)
    age(created_at=60)
    sweep.publish_waiting()
    assert BulkUpload.objects.get(pk=upload.pk).publications == 1
    assert waiting() == (2, 0)


@pytest.mark.parametrize("published_at", [None, 60])
def test_the_lease_of_a_dead_worker_is_enough(accept, published, published_at):
    upload = accept(csv_bytes([row(1)]))
    published.clear()
    BulkUpload.objects.claim(upload.pk, timedelta(seconds=30))
    age(lease_until=10, created_at=60)
    if published_at is None:
        BulkUpload.objects.update(published_at=None)
    else:
        age(published_at=published_at)
    sweep.publish_waiting()
    assert published == [(upload.pk, 2)]


def test_an_upload_that_waits_after_a_fault_is_left_to_its_message(accept, published):
    upload = accept(csv_bytes([row(1)]))
    published.clear()
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(seconds=30))
    claimed.release_after_fault()
    age(lease_until=10, published_at=10, created_at=10)
    sweep.publish_waiting()
    assert published == []
    age(lease_until=30, published_at=30, created_at=30)
    sweep.publish_waiting()
    assert published == [(upload.pk, 2)]


def test_a_final_state_that_the_cache_has_not_heard_of_is_put_there(accept, worker):
    upload = accept(csv_bytes([row(1)]))
    old = snapshots.of(BulkUpload.objects.get(pk=upload.pk))
    worker.step()
    progress.forget(upload.pk)
    progress.put(old)
    sweep.show_ended()
    assert progress.get(upload.pk)["status"] == "completed"
