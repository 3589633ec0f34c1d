"""Questions to one of the services that the site needs, on a thread of their own: one that hangs holds no request."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from django.db import connection

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Questions = Mapping[str, Callable[[], Answer]]


class ServiceThread(Generic[Answer]):
    """Asks one service, one question after another, each time that it is started."""

    def __init__(self, questions: Questions[Answer]) -> None:
        """After one that fails the later ones are not asked: the first should be whether the service answers."""
        self._questions = questions
        self._answers: dict[str, Answer] = {}
        self._wanted = threading.Event()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to ask, unless the last time has not ended yet."""
        if self._thread is None:
            # No pool: Python waits for the threads of one before it ends.
            name = f"ask-{next(iter(self._questions))}"
            self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
            self._thread.start()
        elif not self._done.is_set():
            return
        self._answers = {}
        self._done.clear()
        self._wanted.set()

    def answers(self, deadline: float) -> dict[str, Answer]:
        """What was answered until `deadline` (`time.monotonic()`): nothing from a question that failed or hangs on."""
        self._done.wait(max(0.0, deadline - time.monotonic()))
        return dict(self._answers)

    def _loop(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            answers = self._answers
            try:
                for name, question in self._questions.items():
                    answers[name] = question()
            except Exception as error:  # noqa: BLE001  # whatever a driver raises, the part does not work
                log.warning("Not ready: %s: %s", name, error)
            finally:
                connection.close()  # this thread's own
                self._done.set()
