"""A supplier's program: sends its lists in order, repeats what was not answered, cancels and retries at times."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bulk_upload.tests.helpers.oracle import Account, Line
from bulk_upload.tests.helpers.serving import multipart
from dev.chaos.lists import ROWS, file_of, price_list
from dev.chaos.program import Program
from dev.chaos.report import Report

# steady: only sends. careful: cancels, and retries when everything else has ended. restless: retries at any time.
Habit = Literal["steady", "careful", "restless"]

UPLOAD_PATH: Final = "/api/v1/catalog/items/bulk-upload"
STATUS_PATH: Final = "/api/catalog/bulk-upload/"
ORDER: Final = {"pending": 0, "processing": 1, "completed": 2, "failed": 2, "cancelled": 2}


@dataclass
class Upload:
    """An accepted list, and how much of it the oracle has taken."""

    task_id: str
    lines: list[Line]
    replace: bool
    taken: int = 0
    account: Account = field(default_factory=Account)
    cancelled: bool = False
    retried: bool = False
    seen: str = "pending"
    # Of the state that was seen last.
    etag: str = ""


class Client(Program):
    """One supplier that imports lists, and may cancel and retry them."""

    def __init__(
        self,
        number: int,
        token: str,
        ports: Sequence[int],
        habit: Habit,
        chance: random.Random,
        pause: tuple[float, float],
    ) -> None:
        super().__init__(number, token, ports, chance)
        self.habit = habit
        self.uploads: list[Upload] = []
        self._pause = pause

    def send_round(
        self, lists: int, accepted: list[tuple[str, str]], report: Report, rows: tuple[int, int] = ROWS
    ) -> None:
        """Send some lists, one after another, and watch them. Whatever goes wrong is a difference."""
        self.uploads = []
        for _ in range(lists):
            self._sent += 1
            lines = price_list(self._chance, self.number, self._sent, rows)
            if upload := self._send(lines, report):
                self.uploads.append(upload)
                accepted.append((self.code, upload.task_id))
            time.sleep(self._chance.uniform(*self._pause))
            self._act(report)
            for each in self.uploads:
                self._watch(each, report)

    def _send(self, lines: list[Line], report: Report) -> Upload | None:
        """Send the list until there is an answer."""
        replace = self.habit == "restless" or self._chance.random() < 0.9
        file_format = "xlsx" if self._chance.random() < 0.2 and len(lines) < 1500 else "csv"
        content = file_of(lines, file_format)
        body, content_type = multipart([("file", f"lista{self._sent}.{file_format}", content)])
        headers = {"Content-Type": content_type, "Idempotency-Key": uuid.UUID(int=self._chance.getrandbits(128)).hex}
        path = f"{UPLOAD_PATH}?proveedor_id={self.code}&reemplazar_duplicados={str(replace).lower()}"
        status, answer = self.until_answered("POST", path, body, headers, report)
        if status == 202:
            report.add(uploads=1, rows=len(lines))
            return Upload(answer["task_id"], lines, replace)
        report.differ("not accepted", f"{self.code} list {self._sent}: {status} {answer}")
        return None

    def _act(self, report: Report) -> None:
        """Cancel one of the lists, or let a cancelled one go on, as is this supplier's habit."""
        if self.habit == "steady" or not self.uploads:
            return
        upload = self._chance.choice(self.uploads)
        if self._chance.random() < 0.4:
            status, answer = self.until_answered("POST", f"{STATUS_PATH}{upload.task_id}/cancel", b"", {}, report)
            upload.cancelled = True
            report.add(cancels=status == 202)
            self._expect_known(status, answer, report)
        if self.habit == "restless" and self._chance.random() < 0.5:
            self.retry(upload, report)

    def retry(self, upload: Upload, report: Report) -> None:
        status, answer = self.until_answered("POST", f"{STATUS_PATH}{upload.task_id}/retry", b"", {}, report)
        upload.retried = True
        upload.seen = "pending"
        report.add(retries=status == 202)
        self._expect_known(status, answer, report)

    def _expect_known(self, status: int, answer: Any, report: Report) -> None:
        if status not in (202, 409):
            report.differ("cancel or retry refused", f"{self.code}: {status} {answer}")

    def _watch(self, upload: Upload, report: Report) -> None:
        """Look at the status once: it must not go back."""
        try:
            headers = {"If-None-Match": upload.etag} if upload.etag else {}
            status, answer = self.ask("GET", f"{STATUS_PATH}status/{upload.task_id}", headers=headers)
        except OSError:
            return
        if status == 404:
            report.differ("status says 404", f"{upload.task_id}")
        elif status == 200 and ORDER[answer["status"]] < ORDER[upload.seen] and not upload.retried:
            report.differ("status went back", f"{upload.task_id}: {upload.seen} → {answer['status']}")
        if status == 200:
            upload.seen, upload.etag = answer["status"], self._etag


def send_all(
    clients: Sequence[Program], lists: int, accepted: list[tuple[str, str]], report: Report, rows: tuple[int, int]
) -> None:
    """All clients at the same time, each on a thread."""
    threads = [
        threading.Thread(target=client.send_round, args=[lists, accepted, report, rows], daemon=True)
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
