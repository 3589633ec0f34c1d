"""The pauses between the slices of a purge, where it also can be stopped."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings


class Stopped(Exception):
    """The purge was told to stop. What is not done the next one does."""


class Pace:
    """Of one purge. Called between two transactions, never within one."""

    def __init__(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        self._is_stopping = is_stopping
        self._rows = 0

    def after_rows(self, rows: int) -> None:
        """Pause when `BULK_UPLOAD_PURGE_ROWS` were deleted since the last pause. Raises `Stopped`."""
        self._rows += rows
        if self._rows >= settings.BULK_UPLOAD_PURGE_ROWS:
            self.after_slice()
        elif self._is_stopping():
            raise Stopped

    def after_slice(self) -> None:
        """Pause. Raises `Stopped`."""
        self._rows = 0
        if self._is_stopping():
            raise Stopped
        time.sleep(settings.BULK_UPLOAD_PURGE_PAUSE_MILLISECONDS / 1000)
