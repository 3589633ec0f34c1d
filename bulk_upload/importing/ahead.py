"""Read and check on a second thread while the first one waits for the database."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")

# Items that wait to be taken, at most.
DEPTH: Final = 1
# Seconds between two calls of `on_wait`, and two looks at whether anybody still wants more.
PATIENCE: Final = 0.5


class Abandoned(Exception):
    """Nobody takes the items any more."""


class Ahead(Generic[Item]):
    """Iterates over what `produce` yields, which runs ahead on a thread of its own.

    `produce` is called with a function that it must call whenever it may have waited for long: it
    raises `Abandoned` when the iteration was left. It must not touch the database. What it raises is raised
    by the iteration. `on_wait` is called on the iterating thread while it waits.
    """

    def __init__(self, produce: Callable[[Callable[[], None]], Iterator[Item]], on_wait: Callable[[], None]) -> None:
        self._produce = produce
        self._on_wait = on_wait
        self._items: queue.Queue[Item | BaseException | None] = queue.Queue(DEPTH)
        self._abandoned = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reading ahead", daemon=True)

    def __iter__(self) -> Generator[Item]:
        self._thread.start()
        try:
            while (item := self._next()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            # Whatever is read from must stay open until the thread has ended.
            self._abandoned.set()
            self._make_room()
            self._thread.join()

    def _next(self) -> Item | BaseException | None:
        while True:
            try:
                return self._items.get(timeout=PATIENCE)
            except queue.Empty:
                self._on_wait()

    def _make_room(self) -> None:
        """Let the thread notice at once, should it be waiting for somebody to take an item."""
        with suppress(queue.Empty):
            while True:
                self._items.get_nowait()

    def _run(self) -> None:
        try:
            for item in self._produce(self._check):
                self._put(item)
            self._put(None)
        except Abandoned:
            return
        except BaseException as error:  # noqa: BLE001  # raised again by the iteration
            self._put_last(error)

    def _put(self, item: Item | BaseException | None) -> None:
        while True:
            self._check()
            try:
                self._items.put(item, timeout=PATIENCE)
                return
            except queue.Full:
                continue

    def _put_last(self, error: BaseException) -> None:
        try:
            self._put(error)
        except Abandoned:
            return

    def _check(self) -> None:
        if self._abandoned.is_set():
            raise Abandoned
