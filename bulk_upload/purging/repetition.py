"""Do something once, or again and again, until a signal comes."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Final

from django.db import connection
from structlog.stdlib import get_logger

log = get_logger(__name__)

# After a fault it is tried again so much later, if that is sooner than usual.
AGAIN: Final = timedelta(hours=1)


class Repetition:
    """SIGTERM and SIGINT: leave at once while waiting; while something is being done, after its slice; at a second
    one in any case.
    """

    def __init__(self, every: timedelta) -> None:
        self._every = every
        self._is_busy = False
        self.is_stopping = False

    def install_signals(self) -> None:
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def run(self, do: Callable[[], bool]) -> None:
        """Call `do`, which returns whether all went well, until told to stop; from start to start it is `every`."""
        while not self.is_stopping:
            started = time.monotonic()
            with self.busy():
                is_well = do()
            # No session of the database stays open for a day.
            connection.close()
            wait = self._every if is_well else min(self._every, AGAIN)
            if not self.is_stopping:
                time.sleep(max(0.0, wait.total_seconds() - (time.monotonic() - started)))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Within this block a signal is a wish."""
        self._is_busy = True
        try:
            yield
        finally:
            self._is_busy = False

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._is_busy or self.is_stopping:
            raise SystemExit(0)
        log.info("A signal came: stopping after this slice", signal=signal.Signals(number).name)
        self.is_stopping = True
