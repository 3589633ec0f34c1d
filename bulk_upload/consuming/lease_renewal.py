"""Base of what a worker does for an upload: its claim and its message are kept alive meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from structlog.stdlib import get_logger

from bulk_upload import queue, storage
from bulk_upload.consuming.temporary_folder import Workplace
from bulk_upload.models import BulkUpload, lease
from bulk_upload.queue import Delivery
from bulk_upload.reading.files import Readers

log = get_logger(__name__)


@dataclass
class WorkerContext:
    """What a worker lends to the work for its messages."""

    readers: Readers
    workplace: Workplace
    # Called wherever the work may stop, never within a transaction; what it raises ends the work.
    pause: Callable[[ClaimedWork], None]
    # Within it a stop may be raised anywhere.
    interruptible: Callable[[], AbstractContextManager[None]]


class ClaimedWork:
    """Work on one claimed upload, or on a file of it; between its parts the worker may do something else."""

    def __init__(self, upload: BulkUpload, delivery: Delivery, context: WorkerContext) -> None:
        self.upload = upload
        self._delivery = delivery
        self._context = context
        self._started = self._renewed_at = time.monotonic()

    def is_longer_than(self, seconds: float) -> bool:
        """Whether it has run for more than `seconds`."""
        return time.monotonic() - self._started > seconds

    def keep(self) -> None:
        """Renew lease and visibility together, well before they end. Raises `ClaimLost`."""
        if time.monotonic() - self._renewed_at >= settings.BULK_UPLOAD_LEASE_SECONDS / 4:
            self._renew(lease())

    def _renew(self, time_left: timedelta) -> None:
        self._renew_claim(time_left)
        try:
            queue.set_visibility(self._delivery, round(time_left.total_seconds()))
        except queue.QueueFault as error:
            # A worker that receives the message meanwhile finds a live claim and gives it back.
            log.warning("The message could not be kept", error=error)
        self._renewed_at = time.monotonic()

    def _renew_claim(self, time_left: timedelta) -> None:
        raise NotImplementedError

    def _original(self, stack: ExitStack) -> Path:
        """The upload's file, fetched into the worker's folder until `stack` is closed."""
        with self._context.interruptible():
            copy = storage.local_copy(self.upload, self._context.workplace.folder, on_block=self._on_wait)
            return stack.enter_context(copy)

    def _on_wait(self) -> None:
        self._context.pause(self)
        self.keep()
