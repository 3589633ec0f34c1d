"""Something that is done every so many seconds while a block runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Self


class Repeated:
    """Calls `do` every `seconds` in a thread of its own, until the block ends or `end` is called.

    A fault ends it, and is raised at the end of the block.
    """

    def __init__(self, seconds: float, do: Callable[[], None]) -> None:
        self._seconds, self._do = seconds, do
        self._over = threading.Event()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        self._calls = self._thread.submit(self._run)
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._calls.result()

    def end(self) -> None:
        """Wait until the call that runs has ended; there is no other."""
        self._over.set()
        self._thread.shutdown()

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            self._do()
