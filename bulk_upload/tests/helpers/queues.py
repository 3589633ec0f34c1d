"""The test's queue, and what is in it and among its dead letters."""

from __future__ import annotations

from typing import Any, Final

from bulk_upload import queue, queue_attributes

MOTOS_ACCOUNT: Final = "123456789012"


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


def make_queues() -> None:
    """What `ensure_queues` makes where nothing is: in two requests instead of six, as each test has its own queue."""
    name, fifo, client = queue.queue_name(), queue.is_fifo(), queue.client()
    dead_letters = queue.dead_letters_name(name)
    client.create_queue(QueueName=dead_letters, Attributes=queue_attributes.of_dead_letters(fifo=fifo))
    arn = f"arn:aws:sqs:{client.meta.region_name}:{MOTOS_ACCOUNT}:{dead_letters}"
    client.create_queue(QueueName=name, Attributes=queue_attributes.of_queue(arn, fifo=fifo))
    queue.queue_url.cache_clear()
    queue.dead_letters_url.cache_clear()
