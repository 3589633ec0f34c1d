"""The work queue: the only module that knows SQS.

A queue whose name ends in ``.fifo`` (the default) runs one supplier's uploads one after another in the
order of their acceptance (message group = supplier) and different suppliers' side by side. A standard
queue works too, without the promise of order.

The message is ``{"version": 1, "task_id": "…"}``; all else is in the database. One that asks for a file to be made
of an upload also has ``"file_id"``, and a group of its own: no import waits behind it. A worker of a release that
knows no such files takes it for a repeated message of an upload that has ended, and deletes it; the sweep sends it
again. Further keys are ignored. What a worker must not ignore needs a version of its own: see docs/release.md.
"""

from __future__ import annotations

import functools
import json
import secrets
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from bulk_upload import queue_attributes
from bulk_upload.installation import Prepared

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

VERSION: Final = 1
# Begins the group of a supplier's files.
FILES_GROUP: Final = "files:"
DEAD_LETTERS_SUFFIX: Final = "-dlq"
# Seconds for which a look through the dead letters hides each of them, so that it ends.
DEAD_LETTERS_LOOK: Final = 120
# SQS allows 12 hours from the first receipt.
LONGEST_DELAY: Final = 12 * 3600

# What a call here raises when SQS cannot be reached or refuses: always a passing fault.
QueueFault = (BotoCoreError, ClientError)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message in our hands. `task_id` is `None` when the body is not one of ours."""

    task_id: uuid.UUID | None
    body: str
    receipt: str
    message_id: str
    group: str
    # The file that is to be made of the upload; `None` in a message of the upload itself.
    file_id: uuid.UUID | None = None
    # How often SQS has handed it out, this time included.
    receives: int = 1
    # Whether its version is one of a newer release: what it asks for is not known here.
    is_newer: bool = False


def publish(task_id: uuid.UUID, group: str, publication: int) -> None:
    """Send the message for an upload. Raises one of `QueueFault`.

    `publication` counts the times that this upload was published. Each call is a message of its own, and one that
    boto3 sends again since it got no answer is taken once.
    """
    _send({"task_id": str(task_id)}, group, f"{task_id}:{publication}")


def publish_file(file_id: uuid.UUID, task_id: uuid.UUID, group: str, publication: int) -> None:
    """Send the message for a file that is to be made of an upload. As `publish`."""
    names = {"task_id": str(task_id), "file_id": str(file_id)}
    _send(names, f"{FILES_GROUP}{group}", f"{file_id}:{publication}")


def receive(wait_seconds: int) -> Delivery | None:
    """The next message, or `None` when none came within `wait_seconds` (0 to 20)."""
    answer = client(read_timeout=wait_seconds + 5).receive_message(
        QueueUrl=queue_url(),
        MaxNumberOfMessages=1,
        WaitTimeSeconds=wait_seconds,
        VisibilityTimeout=settings.BULK_UPLOAD_LEASE_SECONDS,
        MessageSystemAttributeNames=["MessageGroupId", "ApproximateReceiveCount"],
    )
    for message in answer.get("Messages", []):
        body = message.get("Body", "")
        attributes = message.get("Attributes", {})
        return Delivery(
            task_id=_task_id(body),
            file_id=_file_id(body),
            body=body,
            receipt=message["ReceiptHandle"],
            message_id=message.get("MessageId", ""),
            group=attributes.get("MessageGroupId", "unknown"),
            receives=int(attributes.get("ApproximateReceiveCount", 1)),
            is_newer=_is_newer(body),
        )
    return None


def delete(delivery: Delivery) -> None:
    """Acknowledge: the message is done with."""
    client().delete_message(QueueUrl=queue_url(), ReceiptHandle=delivery.receipt)


def set_visibility(delivery: Delivery, seconds: int) -> None:
    """Keep the message for `seconds` more from now on; 0 gives it back at once."""
    client().change_message_visibility(
        QueueUrl=queue_url(), ReceiptHandle=delivery.receipt, VisibilityTimeout=min(seconds, LONGEST_DELAY)
    )


def to_dead_letters(delivery: Delivery) -> None:
    """Put the message into the dead-letter queue and acknowledge it."""
    message: dict[str, Any] = {"MessageBody": delivery.body}
    if is_fifo():
        message["MessageGroupId"] = delivery.group
        message["MessageDeduplicationId"] = delivery.message_id
    client().send_message(QueueUrl=dead_letters_url(), **message)
    delete(delivery)


def remove_dead_letters(settled: Callable[[Collection[uuid.UUID]], Collection[uuid.UUID]]) -> int:
    """Delete the dead letters of settled uploads, leave all others; returns how many were deleted.

    `settled` says which of some uploads need their dead letters no more. A FIFO group gives ten messages at most,
    and no further one before those are deleted: what stays is therefore sent to the end of its group.
    Raises `QueueFault`s.
    """
    removed, seen, held = 0, set(), []
    while batch := _look_at_dead_letters():
        done = settled({task_id for message in batch if (task_id := _task_id(message["Body"]))})
        for message in batch:
            if message["MessageId"] in seen:
                held.append(message)
            elif _task_id(message["Body"]) in done:
                client().delete_message(QueueUrl=dead_letters_url(), ReceiptHandle=message["ReceiptHandle"])
                removed += 1
            elif is_fifo():
                seen.add(_send_to_the_end(message))
            else:
                seen.add(message["MessageId"])
                held.append(message)
    for message in held:
        _show_again(message)
    return removed


def remove_old_dead_letters(
    ended: Callable[[Collection[uuid.UUID]], Collection[uuid.UUID]], *, only_count: bool = False
) -> list[int]:
    """Delete the dead letters of uploads that ended long ago; returns the sizes of their bodies in bytes.

    `ended` says which of some uploads did. With `only_count` nothing is deleted. Of a FIFO group the ten oldest are
    looked at, no more: to reach the next ones the others would have to be sent again, and SQS would then keep them
    for another 14 days each time. Raises `QueueFault`s.
    """
    letters: dict[str, MessageTypeDef] = {}
    deadline = time.monotonic() + DEAD_LETTERS_LOOK / 2
    while time.monotonic() < deadline and (batch := _look_at_dead_letters()):
        letters.update((message["MessageId"], message) for message in batch)
    named = {task_id for message in letters.values() if (task_id := _task_id(message["Body"]))}
    old = ended(named)
    sizes = []
    for message in letters.values():
        is_old = _task_id(message["Body"]) in old
        if is_old:
            sizes.append(len(message["Body"].encode()))
        if is_old and not only_count:
            client().delete_message(QueueUrl=dead_letters_url(), ReceiptHandle=message["ReceiptHandle"])
        else:
            _show_again(message)
    return sizes


def ping() -> None:
    """Raises one of `QueueFault` when the queue does not answer or does not exist."""
    client().get_queue_attributes(QueueUrl=queue_url(), AttributeNames=["ApproximateNumberOfMessages"])


def waiting_messages() -> int:
    """About how many messages the queue holds: visible, in a worker's hands, and delayed. Raises `QueueFault`s."""
    return _count(queue_url(), "", "NotVisible", "Delayed")


def visible_messages(url: str) -> int:
    """About how many messages of a queue nobody has in hand. Raises `QueueFault`s."""
    return _count(url, "")


def dead_letters() -> int:
    """About how many messages the dead-letter queue holds. Raises `QueueFault`s."""
    return _count(dead_letters_url(), "", "NotVisible")


def has_dead_letters() -> bool:
    """Whether SQS moves messages that are received too often to a dead-letter queue. Raises `QueueFault`s."""
    answer = client().get_queue_attributes(QueueUrl=queue_url(), AttributeNames=["RedrivePolicy"])
    return "RedrivePolicy" in answer.get("Attributes", {})


def ensure_queues() -> Prepared:
    """Create the dead-letter queue and the queue when they are missing; existing ones stay as they are.

    Safe to repeat. Raises `QueueFault`s.
    """
    dead_letters = dead_letters_name(queue_name())
    dead, dead_prepared = _ensure(dead_letters, _url_of(dead_letters), queue_attributes.of_dead_letters(fifo=is_fifo()))
    wanted = queue_attributes.of_queue(dead["QueueArn"], fifo=is_fifo())
    _, prepared = _ensure(queue_name(), settings.SQS_QUEUE_URL or _url_of(queue_name()), wanted)
    queue_url.cache_clear()
    dead_letters_url.cache_clear()
    return prepared + dead_prepared


@functools.cache
def client(read_timeout: int = 5) -> SQSClient:
    """The SQS client; credentials, region and endpoint come from the environment.

    `read_timeout` (seconds) must outlast a long poll; everything else is answered at once or not at all.
    """
    config = Config(connect_timeout=3, read_timeout=read_timeout, retries={"total_max_attempts": 2, "mode": "standard"})
    return boto3.client("sqs", region_name=settings.AWS_DEFAULT_REGION, config=config)


@functools.cache
def queue_url() -> str:
    """The queue's address: `SQS_QUEUE_URL`, or what SQS says for `SQS_QUEUE_NAME`."""
    if settings.SQS_QUEUE_URL:
        return str(settings.SQS_QUEUE_URL)
    return client().get_queue_url(QueueName=settings.SQS_QUEUE_NAME)["QueueUrl"]


@functools.cache
def dead_letters_url() -> str:
    return client().get_queue_url(QueueName=dead_letters_name(queue_name()))["QueueUrl"]


def queue_name() -> str:
    from_url: str = settings.SQS_QUEUE_URL.rstrip("/").rpartition("/")[2]
    return from_url or str(settings.SQS_QUEUE_NAME)


def dead_letters_name(name: str) -> str:
    """A FIFO queue's dead-letter queue must be FIFO too, and so end in ``.fifo``."""
    stem = name.removesuffix(".fifo")
    return f"{stem}{DEAD_LETTERS_SUFFIX}{name[len(stem) :]}"


def is_fifo() -> bool:
    return queue_name().endswith(".fifo")


def _send(names: dict[str, str], group: str, deduplication: str) -> None:
    message: dict[str, Any] = {"MessageBody": json.dumps({"version": VERSION, **names})}
    if is_fifo():
        message["MessageGroupId"] = group
        # A database that was restored counts publications again from where it was, and SQS takes no message with a
        # name that it has seen in the last five minutes.
        message["MessageDeduplicationId"] = f"{deduplication}:{secrets.token_hex(8)}"
    client().send_message(QueueUrl=queue_url(), **message)


def _url_of(name: str) -> str | None:
    """The address of one's own queue `name`, or `None` when there is none."""
    try:
        return client().get_queue_url(QueueName=name)["QueueUrl"]
    except client().exceptions.QueueDoesNotExist:
        return None


def _ensure(name: str, url: str | None, wanted: dict[Any, str]) -> tuple[Mapping[str, str], Prepared]:
    """The attributes of the queue at `url`, which is created as `wanted` when there is none."""
    created: tuple[str, ...] = ()
    if url is None:
        url, created = client().create_queue(QueueName=name, Attributes=wanted)["QueueUrl"], (name,)
    present: Mapping[str, str] = client().get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]  # type: ignore[assignment]
    return present, Prepared((name,), created, tuple(queue_attributes.differences(name, url, present, wanted)))


def _look_at_dead_letters() -> list[MessageTypeDef]:
    """Some dead letters, hidden for as long as a look through all of them may take."""
    answer = client().receive_message(
        QueueUrl=dead_letters_url(),
        MaxNumberOfMessages=10,
        VisibilityTimeout=DEAD_LETTERS_LOOK,
        WaitTimeSeconds=1,  # asks all of SQS's hosts: an empty answer means that there is none
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["MessageGroupId"],
    )
    return answer.get("Messages", [])


def _show_again(message: MessageTypeDef) -> None:
    client().change_message_visibility(
        QueueUrl=dead_letters_url(), ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
    )


def _send_to_the_end(message: MessageTypeDef) -> str:
    """Replace a dead letter of a FIFO queue by a copy at the end of its group; returns the copy's message id."""
    copy = client().send_message(
        QueueUrl=dead_letters_url(),
        MessageBody=message["Body"],
        MessageAttributes=message.get("MessageAttributes", {}),
        MessageGroupId=message["Attributes"]["MessageGroupId"],
        MessageDeduplicationId=message["MessageId"],
    )
    client().delete_message(QueueUrl=dead_letters_url(), ReceiptHandle=message["ReceiptHandle"])
    return copy["MessageId"]


def _count(url: str, *kinds: str) -> int:
    names: Any = [f"ApproximateNumberOfMessages{kind}" for kind in kinds]
    attributes = client().get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)


def names_in(body: str) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """The upload and the file that a message names, each `None` when it names none."""
    return _task_id(body), _file_id(body)


def _task_id(body: str) -> uuid.UUID | None:
    return _named("task_id", body)


def _file_id(body: str) -> uuid.UUID | None:
    return _named("file_id", body)


def _named(name: str, body: str) -> uuid.UUID | None:
    """The identifier `name` of one of our messages."""
    message = _message(body)
    try:
        return uuid.UUID(message[name]) if message["version"] == VERSION else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _is_newer(body: str) -> bool:
    version = _message(body).get("version")
    return isinstance(version, int) and version > VERSION


def _message(body: str) -> dict[str, Any]:
    """What a message says; empty when it is no JSON object."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
