"""The stack of the template, and the system that uses its bucket and queues."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bulk_upload import queue
from bulk_upload.tests.conftest import _readers, api, supplier, user, worker  # noqa: F401 - fixtures
from deploy.tests.aws.stack import Stack, create_stack


@pytest.fixture
def stack() -> Stack:
    return create_stack()


@pytest.fixture
def in_the_stack(stack: Stack, settings: Any) -> Iterator[Stack]:
    """The system uses the stack's bucket and queues, as its containers are told."""
    default = settings.STORAGES["default"]
    options = {**default["OPTIONS"], "bucket_name": stack.outputs["Bucket"]}
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}
    settings.S3_BUCKET_NAME = stack.outputs["Bucket"]
    settings.SQS_QUEUE_NAME = stack.outputs["Queue"]
    queue.queue_url.cache_clear()
    queue.dead_letters_url.cache_clear()
    yield stack
    queue.queue_url.cache_clear()
    queue.dead_letters_url.cache_clear()
