"""A callback about once a second while a long read is in progress."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

OnWait = Callable[[], None]

# Seconds. The worker renews its claim in `on_wait`, and claims last much longer than this.
EVERY: Final = 1.0


def ignore_wait() -> None:
    """What is called while waiting when the caller wants nothing."""


class Ticker:
    """Calls `on_wait` when `tick` is called and `EVERY` seconds have passed since the last time.

    Whatever `on_wait` raises passes through `tick`: that is how a reading is given up.
    """

    def __init__(self, on_wait: OnWait) -> None:
        self._on_wait = on_wait
        self._last = time.monotonic()

    def tick(self) -> None:
        now = time.monotonic()
        if now - self._last >= EVERY:
            self._last = now
            self._on_wait()
