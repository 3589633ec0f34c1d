"""What is in the test's queue and among its dead letters."""

from __future__ import annotations

from typing import Any

from bulk_upload import queue


def waiting(url: str = "") -> tuple[int, ...]:
    """Messages in the queue (or that at `url`): visible and in flight."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = queue.client().get_queue_attributes(QueueUrl=url or queue.queue_url(), AttributeNames=names)
    return tuple(int(answer["Attributes"][name]) for name in names)


def empty_queue() -> bool:
    return waiting() == (0, 0)


def dead_letters() -> list[str]:
    answer = queue.client().receive_message(QueueUrl=queue.dead_letters_url(), MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]
