"""What the queue and its dead-letter queue are created with, and how existing ones differ from that.

An existing queue's attributes are its owner's: differences are said, and nothing is changed.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings

# Receipts after which SQS itself gives up: the most that it allows. Our own account decides long before. SQS also
# counts receipts that no worker ever saw (a long poll whose process had died), those that were given back, and each
# try during a fault that lasts for hours.
MAX_RECEIVES: Final = 1000
# SQS allows messages to wait 14 days at most.
RETENTION_SECONDS: Final = 14 * 24 * 3600

Attributes = dict[str, str]

# What follows from another value.
CONSEQUENCES: Final = {
    "VisibilityTimeout": "The workers ask for BULK_UPLOAD_LEASE_SECONDS themselves, others who read the queue do not.",
    "MessageRetentionPeriod": "SQS deletes what has waited for longer.",
    "RedrivePolicy": "SQS moves what was received more often to the queue that it names, and to none without one.",
}


def of_dead_letters(*, fifo: bool) -> Attributes:
    """What the dead-letter queue is created with."""
    attributes = {"MessageRetentionPeriod": str(RETENTION_SECONDS)}
    return attributes | {"FifoQueue": "true"} if fifo else attributes


def of_queue(dead_letters_arn: str, *, fifo: bool) -> Attributes:
    """What the queue is created with."""
    redrive = {"deadLetterTargetArn": dead_letters_arn, "maxReceiveCount": MAX_RECEIVES}
    return {
        **of_dead_letters(fifo=fifo),
        "VisibilityTimeout": str(settings.BULK_UPLOAD_LEASE_SECONDS),
        "RedrivePolicy": json.dumps(redrive),
    }


def differences(name: str, url: str, present: Mapping[str, str], wanted: Attributes) -> list[str]:
    """In sentences, what an existing queue has otherwise than `wanted`, and what to do."""
    said = []
    for attribute, value in wanted.items():
        if _comparable(present.get(attribute)) == _comparable(value):
            continue
        change = shlex.quote(json.dumps({attribute: value}))
        said.append(
            f"{name} has {attribute} {present.get(attribute, 'unset')}, expected is {value}. "
            f"{CONSEQUENCES.get(attribute, '')} It stays as it is; if that is not meant: "
            f"aws sqs set-queue-attributes --queue-url {url} --attributes {change}"
        )
    return said


def _comparable(value: str | None) -> Any:
    """SQS gives the count of a redrive policy back as a number or a text, as it was set."""
    if value is None or not value.startswith("{"):
        return value
    return {name: str(part) for name, part in json.loads(value).items()}
