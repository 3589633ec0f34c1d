"""What is in the test's queue and among its dead letters."""

from __future__ import annotations

from bulk_upload import queue


def waiting() -> tuple[int, ...]:
    """Messages in the queue: visible and in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = queue.client().get_queue_attributes(QueueUrl=queue.queue_url(), AttributeNames=names)
    return tuple(int(answer["Attributes"][name]) for name in names)


def empty_queue() -> bool:
    return waiting() == (0, 0)


def dead_letters() -> list[str]:
    answer = queue.client().receive_message(QueueUrl=queue.dead_letters_url(), MaxNumberOfMessages=10)
    return [message["Body"] for message in answer.get("Messages", [])]
