"""A supplier's program, as far as it speaks HTTP: it repeats what was not answered."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Sequence
from typing import Any, Final, Protocol

from dev.chaos.report import Report

ANSWER_SECONDS: Final = 12
# Seconds after which a client no longer believes that it will ever get an answer.
PATIENCE: Final = 240


class Accepted(Protocol):
    """An upload that was accepted."""

    task_id: str


class Program:
    """One supplier's. `send_round` runs on a thread of its own; everything else before or after it."""

    # Of this round.
    uploads: Sequence[Accepted] = ()

    def __init__(self, number: int, token: str, ports: Sequence[int], chance: random.Random) -> None:
        self.number = number
        self.code = f"CAOS{number}"
        self._token = token
        self._ports = ports
        self._chance = chance
        self._sent = 0
        # Of the last answer.
        self._etag = ""

    def send_round(self, lists: int, accepted: list[tuple[str, str]], report: Report, rows: tuple[int, int]) -> None:
        raise NotImplementedError

    def until_answered(
        self, method: str, path: str, body: bytes, headers: dict[str, str], report: Report
    ) -> tuple[int, Any]:
        """The answer, after as many repetitions as it takes: none, 429 and 5xx are no answers."""
        deadline = time.monotonic() + PATIENCE
        status, answer = 0, "no answer"
        while time.monotonic() < deadline:
            try:
                status, answer = self.ask(method, path, body, headers)
            except OSError as error:
                status, answer = 0, str(error)
            if status and status != 429 and status < 500:
                return status, answer
            report.add_unanswered(status)
            if status == 500:
                report.differ("answered 500", f"{method} {path[:60]}")
            time.sleep(self._chance.uniform(0.3, 1.2))
        return status, answer

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, port: int = 0
    ) -> tuple[int, Any]:
        """One request to one of the hosts. Raises `OSError` when there is no answer that can be read."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", port or self._chance.choice(self._ports), timeout=ANSWER_SECONDS
        )
        try:
            connection.request(method, path, body or None, {"Authorization": f"Token {self._token}", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
            self._etag = answer.headers.get("ETag", "")
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(text) if is_json else text[:200]
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
