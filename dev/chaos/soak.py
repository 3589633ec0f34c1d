"""Rounds: lists are sent while faults happen; then it must become calm, everything must end and agree."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

from django.contrib.auth.models import Permission, User
from rest_framework.authtoken.models import Token

from bulk_upload.tests.helpers.processes import environment
from catalog.models import Supplier
from dev.chaos import leftovers, planned, status, truth
from dev.chaos.client import Client, Habit, send_all
from dev.chaos.injector import Injector
from dev.chaos.lists import ROWS
from dev.chaos.outcome import Outcome
from dev.chaos.planner import Planner
from dev.chaos.report import Report
from dev.chaos.stack import Host, Stack
from dev.environment import PROJECT

HABITS: Final[tuple[Habit, ...]] = ("steady", "steady", "careful", "careful", "restless", "restless")
PLANNERS: Final = 2
LISTS: Final = 6
# Seconds between two lists of one supplier.
PAUSE: Final = (0.2, 2.0)
# Seconds of faults after the last list was accepted, and seconds in which all must end once it is calm.
FAULTY: Final = 20
CALM: Final = 240
REDRIVES: Final = 3
# What the command says of an older list, after its task.
OLDER: Final = "no se reintenta: Después de esta lista se importó"


class Soak:
    """The same suppliers through all rounds, and one oracle."""

    def __init__(
        self,
        stack: Stack,
        seed: int,
        *,
        habits: Sequence[Habit] = HABITS,
        planners: int = PLANNERS,
        lists: int = LISTS,
        rows: tuple[int, int] = ROWS,
        faulty: float = FAULTY,
        faults: str = "",
        pause: tuple[float, float] = PAUSE,
    ) -> None:
        self.report = Report()
        self.stack = stack
        self.injector = Injector(stack, random.Random(seed), faults)  # noqa: S311  # no secret
        self.outcome = Outcome(self.report)
        self._lists, self._rows, self._faulty, self._pause = lists, rows, faulty, pause
        self._chance = random.Random(seed + 1)  # noqa: S311
        self._ports = [host.web.port for host in stack.hosts]
        self.clients = [self._client(number, habit, seed) for number, habit in enumerate(habits, 1)]
        self.planners = [self._planner(len(habits) + number, seed) for number in range(1, planners + 1)]

    def _client(self, number: int, habit: Habit, seed: int) -> Client:
        chance = random.Random(f"{seed}:{number}")  # noqa: S311
        return Client(number, _token(number), self._ports, habit, chance, self._pause)

    def _planner(self, number: int, seed: int) -> Planner:
        chance = random.Random(f"{seed}:{number}")  # noqa: S311
        return Planner(number, _token(number, "undo_bulkupload"), self._ports, chance)

    def round(self) -> None:
        """One round; every difference is in the report, and the next round begins from what is."""
        self.report.add(rounds=1)
        if not self.report.memory:
            self.report.memory.append(self.stack.memory())
        self.stack.accepted = []
        killed = self.injector.counts["reader killed"]
        self.injector.start()
        try:
            send_all([*self.clients, *self.planners], self._lists, self.stack.accepted, self.report, self._rows)
            self._ended(self._faulty)
        finally:
            self.injector.stop()
        self._calm()
        self.outcome.follow(self.clients)
        self._redrive(may_be_exhausted=self.injector.counts["reader killed"] - killed > 1)
        self._retry_cancelled()
        self.outcome.compare(self.clients)
        planned.compare(self.planners, self.report)
        status.check([*self.clients, *self.planners], self._ports, self.report)
        self.report.memory.append(self.stack.memory())

    def finish(self) -> None:
        """What must hold at the end: files, messages, temporary folders once the workers have started again."""
        leftovers.check_files(self.report)
        leftovers.check_uploads(self.report.counts["uploads"], self.report)
        leftovers.count_messages(self.report)
        self.stack.for_each_host(Host.restart_workers)
        if not _wait(lambda: not self.stack.temporary_folders(), 15):
            self.report.differ("temporary folders left", str(self.stack.folder), self.stack.temporary_folders())
        self.report.add(temporary_folders=self.stack.temporary_folders())

    # --- The end of a round ---

    def _ended(self, seconds: float) -> bool:
        return _wait(lambda: not truth.unfinished(), seconds)

    def _calm(self) -> None:
        began = time.monotonic()
        if not self._ended(CALM):
            for task_id in truth.unfinished():
                row = truth.upload(task_id) or {}
                names = ("status", "next_row", "total", "claim_number", "attempts", "published_at", "lease_until")
                self.report.differ("stuck", f"{task_id}: " + ", ".join(f"{name} {row.get(name)}" for name in names))
        self.report.counts["longest_end"] = max(self.report.counts["longest_end"], round(time.monotonic() - began))

    def _redrive(self, *, may_be_exhausted: bool) -> None:
        """Count what failed; what ran out of attempts is brought back as an operator does it.

        What is older than a list that was imported since stays: the command says so.
        """
        for task_id in self._sent():
            row = truth.upload(task_id)
            if row and row["status"] == "failed":
                code = row["error_code"]
                self.report.add(failed=1)
                if code != "attempts_exhausted" or not may_be_exhausted:
                    self.report.differ(f"failed: {code}", task_id)
        refused: set[str] = set()
        for _ in range(REDRIVES):
            if not self._exhausted() - refused:
                return
            self.report.add(redrives=1)
            command = [sys.executable, "manage.py", "redrive_bulk_uploads"]
            done = subprocess.run(command, env=environment(), cwd=PROJECT, capture_output=True, text=True, check=False)
            if done.returncode:
                self.report.differ("redrive refused", done.stderr[-200:])
            refused |= set(re.findall(f"^(.{{36}}) {OLDER}", done.stdout, re.MULTILINE))
            for client in self.clients:
                for upload in client.uploads:
                    upload.retried = upload.retried or f"{upload.task_id} se reintenta" in done.stdout
            self._calm()
            self.outcome.follow(self.clients)
        if left := self._exhausted() - refused:
            self.report.differ("failed after a redrive", min(left), len(left))

    def _exhausted(self) -> set[str]:
        rows = map(truth.upload, self._sent())
        return {str(row["task_id"]) for row in rows if row and row["error_code"] == "attempts_exhausted"}

    def _sent(self) -> list[str]:
        """The uploads of this round."""
        return [upload.task_id for client in [*self.clients, *self.planners] for upload in client.uploads]

    def _retry_cancelled(self) -> None:
        """Careful suppliers let some of their cancelled lists go on, oldest first."""
        for client in self.clients:
            if client.habit != "careful":
                continue
            for upload in client.uploads:
                row = truth.upload(upload.task_id)
                if row and row["status"] == "cancelled" and self._chance.random() < 0.7:
                    client.retry(upload, self.report)
        self._calm()
        self.outcome.follow(self.clients)


def _token(number: int, *permissions: str) -> str:
    """Of a new supplier's program, which has these permissions."""
    supplier = Supplier.objects.create(codigo=f"CAOS{number}", nombre=f"Caos {number}")
    user = User.objects.create_user(f"caos{number}")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    supplier.usuarios.add(user)
    return str(Token.objects.create(user=user).key)


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
