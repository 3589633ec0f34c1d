"""A look through the messages of a queue, as SQS allows one: what is looked at is in nobody else's hands meanwhile.

Messages that a worker has are not seen, nor those behind ten others of their group in a FIFO queue.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from structlog.stdlib import get_logger

from bulk_upload import queue

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef, MessageTypeDef

log = get_logger(__name__)

# Seconds for which a message is hidden at most, and after which a look receives no more of them.
HIDDEN_SECONDS: Final = 60
LOOK_SECONDS: Final = 30.0
# Most messages that are held at once: SQS allows 20,000 in flight.
MOST_HELD: Final = 2_000
# What SQS takes at one request.
BATCH: Final = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that nobody had in hand. `task_id` is `None` when it is not one of ours."""

    message_id: str
    task_id: uuid.UUID | None
    file_id: uuid.UUID | None
    group: str
    receipt: str


class QueueLook:
    """As a context: at its end all that was not deleted is given back. Raises `QueueFault`s."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._held: dict[str, Seen] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._give_back()
        except queue.QueueFault as fault:
            # They come back by themselves.
            log.warning("Messages that were looked at stay hidden for a while", seconds=HIDDEN_SECONDS, error=fault)

    def batches(self) -> Iterator[list[Seen]]:
        """The messages, a few at a time."""
        ends, left = time.monotonic() + LOOK_SECONDS, queue.visible_messages(self._url)
        while left > 0 and time.monotonic() < ends and len(self._held) < MOST_HELD:
            messages = [_seen(message) for message in self._receive()]
            left -= len(messages)
            if not messages:
                return
            self._held |= {message.message_id: message for message in messages}
            yield messages

    def delete(self, message: Seen) -> None:
        queue.client().delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)
        self._held.pop(message.message_id, None)

    def _receive(self) -> list[MessageTypeDef]:
        answer = queue.client().receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=1,  # asks all of SQS's hosts: an empty answer means that there is none
            MessageSystemAttributeNames=["MessageGroupId"],
        )
        return answer.get("Messages", [])

    def _give_back(self) -> None:
        held = list(self._held.values())
        for start in range(0, len(held), BATCH):
            entries: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": message.receipt, "VisibilityTimeout": 0}
                for number, message in enumerate(held[start : start + BATCH])
            ]
            queue.client().change_message_visibility_batch(QueueUrl=self._url, Entries=entries)


def _seen(message: MessageTypeDef) -> Seen:
    task_id, file_id = queue.names_in(message["Body"])
    group = message.get("Attributes", {}).get("MessageGroupId", "")
    return Seen(message["MessageId"], task_id, file_id, group, message["ReceiptHandle"])
