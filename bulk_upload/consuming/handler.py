"""What the handlers of both kinds of messages are given by the worker."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from bulk_upload.consuming.attempt import Work
from bulk_upload.consuming.temporary_folder import Workplace
from bulk_upload.reading.files import Readers


class Handler:
    """Handles messages one at a time."""

    def __init__(
        self,
        readers: Readers,
        workplace: Workplace,
        pause: Callable[[Work], None],
        interruptible: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """`pause` and `interruptible` are those of `Attempt`."""
        self._readers = readers
        self._workplace = workplace
        self._pause = pause
        self._interruptible = interruptible
