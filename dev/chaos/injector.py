"""Makes faults at random, one after another, until it is told to stop."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Final

import psycopg
from redis.exceptions import RedisError

from dev.chaos.faults import Fault, Lasting, Missed, possible
from dev.chaos.stack import Stack

# What happens when the part that a fault is for is away itself.
MISSED: Final = (Missed, OSError, RedisError, psycopg.Error)


class Injector:
    """Draws the faults from a shuffled pack, so that each kind comes; `chance` alone decides their order."""

    def __init__(self, stack: Stack, chance: random.Random, names: str = "") -> None:
        """`names` are the only faults that are made, with commas between them; all when it is empty."""
        self.counts: Counter[str] = Counter()
        self._stack = stack
        self._chance = chance
        self._faults = [fault for fault in possible() if not names or fault.name in names.split(",")]
        self._pack: list[Fault] = []
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the running fault and every other one that lasts."""
        self._stopping.set()
        if self._thread:
            self._thread.join()
        self._stack.heal()

    def draw(self) -> Fault:
        if not self._pack:
            self._pack = list(self._faults)
            self._chance.shuffle(self._pack)
        return self._pack.pop()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.make(self.draw())
            self._stopping.wait(self._chance.uniform(0.1, 1))

    def make(self, fault: Fault) -> None:
        """Begin the fault, let it last, and end it; a second one, of no length, may come in between."""
        # Drawn in any case: what comes later must not depend on what was missed.
        seconds = self._chance.uniform(*fault.seconds) if fault.seconds else 0.0
        second = self._chance.choice(self._faults)
        with_second = bool(seconds) and not second.seconds and self._chance.random() < 0.8
        try:
            lasting = fault.begin(self._stack, self._chance)
        except MISSED:
            return
        if lasting is None:
            self.counts[fault.name] += 1
            return
        try:
            if with_second:
                self._last(lasting, seconds / 2)
                self.make(second)
            self._last(lasting, seconds / 2 if with_second else seconds)
        finally:
            self.counts[fault.name] += lasting.happened is None or lasting.happened()
            with suppress(*MISSED):
                lasting.end()

    def _last(self, lasting: Lasting, seconds: float) -> None:
        """Wait until the time is over, or what the fault waited for has happened."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._stopping.is_set():
            if lasting.happened and lasting.happened():
                return
            self._stopping.wait(0.05)
