"""`manage.py bootstrap` on queues that exist: what differs is said, and nothing of them is changed."""

from __future__ import annotations

import json
import shlex
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from bulk_upload import queue, storage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def name(settings):
    """A name that no queue has yet."""
    settings.SQS_QUEUE_NAME = f"existing-{uuid.uuid4().hex}.fifo"
    storage.ensure_bucket()
    queue.queue_url.cache_clear()
    queue.dead_letters_url.cache_clear()
    yield settings.SQS_QUEUE_NAME
    queue.queue_url.cache_clear()
    queue.dead_letters_url.cache_clear()


def create(name, **attributes):
    fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
    return queue.client().create_queue(QueueName=name, Attributes={**fifo, **attributes})["QueueUrl"]


def attributes(url):
    found = queue.client().get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return {key: value for key, value in found.items() if not key.startswith("ApproximateNumber")}


def run():
    out = StringIO()
    call_command("bootstrap", stdout=out, timeout=0)
    return [line.removeprefix("queue").strip() for line in out.getvalue().splitlines() if line.startswith("queue")]


def test_a_queue_that_bootstrap_created_is_as_expected(name):
    assert run() == [f"{name} created", f"{queue.dead_letters_name(name)} created"]
    assert run() == [f"{name} is there", f"{queue.dead_letters_name(name)} is there"]
    dead = attributes(queue.dead_letters_url())
    found = attributes(queue.queue_url())
    assert json.loads(found["RedrivePolicy"]) == {"deadLetterTargetArn": dead["QueueArn"], "maxReceiveCount": 1000}
    assert (found["VisibilityTimeout"], found["MessageRetentionPeriod"]) == ("30", "1209600")
    assert dead["MessageRetentionPeriod"] == "1209600"


def test_other_visibility_retention_and_no_dead_letters_stay_and_are_said(name):
    url = create(name, VisibilityTimeout="300", MessageRetentionPeriod="86400")
    before = attributes(url)
    there, dead, retention, visibility, redrive = run()
    assert attributes(url) == before
    assert (there, dead) == (f"{name} is there", f"{queue.dead_letters_name(name)} created")
    assert f"{name} has MessageRetentionPeriod 86400, expected is 1209600." in retention
    assert f"{name} has VisibilityTimeout 300, expected is 30. The workers ask for BULK_UPLOAD_LEASE" in visibility
    assert f'{name} has RedrivePolicy unset, expected is {{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:' in redrive


def test_the_command_that_is_said_makes_the_queue_as_expected(name):
    url = create(name, VisibilityTimeout="300", MessageRetentionPeriod="86400")
    for line in run()[2:]:
        assert "It stays as it is; if that is not meant: aws sqs set-queue-attributes" in line
        _, _, command = line.partition("aws sqs set-queue-attributes ")
        arguments = shlex.split(command)
        assert arguments[:3] == ["--queue-url", url, "--attributes"]
        queue.client().set_queue_attributes(QueueUrl=url, Attributes=json.loads(arguments[3]))
    assert len(run()) == 2


def test_a_dead_letter_queue_with_other_attributes_is_used_as_it_is(name):
    dead = create(queue.dead_letters_name(name), MessageRetentionPeriod="345600", VisibilityTimeout="60")
    before = attributes(dead)
    there, dead_there, retention = run()
    assert attributes(dead) == before
    assert (there, dead_there) == (f"{name} created", f"{queue.dead_letters_name(name)} is there")
    assert f"{queue.dead_letters_name(name)} has MessageRetentionPeriod 345600, expected is 1209600." in retention
    redrive = json.loads(attributes(queue.queue_url())["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"] == before["QueueArn"]


def test_dead_letters_that_go_elsewhere_stay_there_and_are_said(name):
    elsewhere = attributes(create(f"other-{name}"))["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": elsewhere, "maxReceiveCount": "5"})
    create(name, VisibilityTimeout="30", MessageRetentionPeriod="1209600", RedrivePolicy=redrive)
    *_, said = run()
    assert "has RedrivePolicy" in said
    assert elsewhere in said
    assert json.loads(attributes(queue.queue_url())["RedrivePolicy"])["deadLetterTargetArn"] == elsewhere


def test_a_redrive_policy_whose_count_is_a_text_is_the_same(name):
    target = attributes(create(queue.dead_letters_name(name), MessageRetentionPeriod="1209600"))["QueueArn"]
    redrive = json.dumps({"maxReceiveCount": "1000", "deadLetterTargetArn": target})
    create(name, VisibilityTimeout="30", MessageRetentionPeriod="1209600", RedrivePolicy=redrive)
    assert len(run()) == 2


def test_an_address_of_a_queue_that_does_not_exist_creates_none_of_that_name(settings, name):
    settings.SQS_QUEUE_URL = f"{settings.AWS_ENDPOINT_URL}/123456789012/{name}"
    with pytest.raises(CommandError, match=r"queue: no answer within 0 s .* SQS_QUEUE_URL"):
        run()
    settings.SQS_QUEUE_URL = ""
    with pytest.raises(queue.client().exceptions.QueueDoesNotExist):
        queue.queue_url()
