"""Questions to one of the services that the site needs, on a thread of their own: one that hangs holds no request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from django.db import connection
from structlog.contextvars import get_contextvars
from structlog.stdlib import get_logger

from medisupply.logs import context as log_context

log = get_logger(__name__)

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
        # Of the request that asks: what is logged here is logged for it.
        self._log_fields: dict[str, Any] = {}

    def start(self) -> None:
        """Begin to ask, unless the last time has not ended yet."""
        if self._thread is None:
            # No pool: Python waits for the threads of one before it ends.
            name = f"ask-{next(iter(self._questions))}"
            self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
            self._thread.start()
        elif not self._done.is_set():
            return
        self._answers, self._log_fields = {}, get_contextvars()
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
            try:
                with log_context.only(**self._log_fields):
                    self._ask(self._answers)
            finally:
                connection.close()  # this thread's own
                self._done.set()

    def _ask(self, answers: dict[str, Answer]) -> None:
        for name, question in self._questions.items():
            try:
                answers[name] = question()
            except Exception as error:  # noqa: BLE001  # whatever a driver raises, the part does not work
                log.warning("A part of the system is not ready", part=name, error=error)
                return
