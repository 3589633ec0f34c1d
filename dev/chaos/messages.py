"""Messages that no web process sends: repeated ones, those of unknown tasks, and garbage."""

from __future__ import annotations

import json
import random
import uuid
from typing import TYPE_CHECKING, Final

import boto3
from django.conf import settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from dev.chaos.stack import Stack

# The group of what belongs to no supplier.
STRANGERS: Final = "strangers"
GARBAGE: Final = ("?", "", "null", "[" * 100_000, '{"version": 1, "task_id": "x"}', '{"version": 99}')


def sqs() -> SQSClient:
    """A client past the proxies: the address is moto's own."""
    return boto3.client("sqs", region_name=settings.AWS_DEFAULT_REGION)


def send(body: str, group: str) -> None:
    client = sqs()
    client.send_message(
        QueueUrl=client.get_queue_url(QueueName=settings.SQS_QUEUE_NAME)["QueueUrl"],
        MessageBody=body or " ",
        MessageGroupId=group,
        MessageDeduplicationId=uuid.uuid4().hex,
    )


def task_message(task_id: str) -> str:
    return json.dumps({"version": 1, "task_id": task_id})


def deliver_again(stack: Stack, chance: random.Random) -> None:
    """A second message for an upload of this round."""
    if stack.accepted:
        supplier, task_id = chance.choice(list(stack.accepted))
        send(task_message(task_id), supplier)


def send_unknown_task(stack: Stack, chance: random.Random) -> None:
    send(task_message(str(uuid.UUID(int=chance.getrandbits(128), version=4))), STRANGERS)


def send_garbage(stack: Stack, chance: random.Random) -> None:
    send(chance.choice(GARBAGE), STRANGERS)
