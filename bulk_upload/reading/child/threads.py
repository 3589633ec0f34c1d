"""Something that runs while something else does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


def started(work: Callable[[], Result]) -> Callable[[], Result]:
    """Run `work` on a thread of its own; the function returned waits for it and gives, or raises, what it did.

    Nobody has to wait: the process may end before.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  # raised again to whoever asks
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future.result
