"""How fast an import is now: the speed of the last seconds of one attempt, from which the time left is computed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW_SECONDS: Final = 10.0


class RecentSpeed:
    """Rows per second over the last `WINDOW_SECONDS` of an attempt. Pauses before it do not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, rows: int) -> None:
        """Note that so many rows have been dealt with by now."""
        now = self._clock()
        self._samples.append((now, rows))
        # One sample before the window stays where chunks take longer than it.
        while len(self._samples) > 2 and self._samples[0][0] < now - WINDOW_SECONDS:
            self._samples.popleft()

    def rows_per_second(self) -> float | None:
        """`None` before two chunks have been committed."""
        if len(self._samples) < 2:
            return None
        (began, first), (ended, last) = self._samples[0], self._samples[-1]
        return round((last - first) / max(ended - began, 0.001), 1)
