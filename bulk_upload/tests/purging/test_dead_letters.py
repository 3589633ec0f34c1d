"""Dead letters go when their upload has ended long ago; others stay, as old as they are, until SQS removes them."""

from __future__ import annotations

import json
import uuid

import pytest

from bulk_upload import queue
from bulk_upload.tests.helpers.purging import age, counts, purge
from bulk_upload.tests.helpers.queues import dead_letters

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]


def letter(task_id):
    return json.dumps({"version": 1, "task_id": str(task_id)})


def bury(body, group="PROV001"):
    more = {"MessageGroupId": group, "MessageDeduplicationId": str(uuid.uuid4())} if queue.is_fifo() else {}
    queue.client().send_message(QueueUrl=queue.dead_letters_url(), MessageBody=body, **more)


@pytest.fixture(params=["fifo", "standard"], autouse=True)
def _any_queue(request, settings, monkeypatch):
    if request.param == "standard":
        settings.SQS_QUEUE_NAME = settings.SQS_QUEUE_NAME.replace(".fifo", "-standard")
        monkeypatch.setenv("SQS_QUEUE_NAME", settings.SQS_QUEUE_NAME)
        queue.ensure_queues()


def test_a_letter_goes_two_weeks_after_its_upload_ended(ended):
    old, young = ended(14.1, status="failed"), ended(13.9, status="failed")
    running = ended(20, status="processing", completed_at=None)
    others = [letter(young.pk), letter(running.pk), letter(uuid.uuid4()), "hola"]
    for body in (letter(old.pk), *others):
        bury(body)
    said = purge("--dry-run")
    assert said["mensajes muertos"] == (1, len(letter(old.pk)))
    assert purge() == said
    assert sorted(dead_letters()) == sorted(others)


def test_the_age_is_that_of_the_settings(ended, settings):
    settings.BULK_UPLOAD_KEEP_DEAD_LETTERS_DAYS = 2
    bury(letter(ended(2.1, status="cancelled").pk))
    assert counts(purge())[5] == 1
    assert dead_letters() == []


def test_letters_that_stay_are_not_sent_again(ended):
    """Their age is what SQS removes them by."""
    for _ in range(12):
        bury(letter(uuid.uuid4()))
    before = queue.dead_letters()
    old = age(ended(0), 20, status="failed")
    bury(letter(old.pk), group="PROV002")
    assert counts(purge())[5] == 1
    answer = queue.client().receive_message(
        QueueUrl=queue.dead_letters_url(),
        MaxNumberOfMessages=10,
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
    )
    assert {message["Attributes"]["ApproximateReceiveCount"] for message in answer["Messages"]} == {"2"}
    assert queue.dead_letters() == before
