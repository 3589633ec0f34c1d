"""How long an attempt spent in each stage of an import."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Literal, TypeVar

Stage = Literal["fetch", "read", "match", "write", "others", "rest"]
Item = TypeVar("Item")


@dataclass(slots=True)
class StageTimes:
    """Seconds of one attempt by this process's own clock: each moment counts in one stage."""

    # The file is fetched from S3.
    fetch: float = 0.0
    # Chunks of rows are awaited from the reader, which reads and checks them in a process of its own.
    read: float = 0.0
    # It is decided what is created, what changed and what refused, with the queries for what exists.
    match: float = 0.0
    # Rows, problems and checkpoint go into the database.
    write: float = 0.0
    # Short files of others were imported meanwhile.
    others: float = 0.0
    # All else: the claim, the reader's start, what clients are shown.
    rest: float = 0.0

    def rounded(self) -> dict[str, float]:
        """By the name of the stage, in milliseconds' precision."""
        return {field.name: round(getattr(self, field.name), 3) for field in fields(self)}


class StageClock:
    """Adds up `times` while it runs. A stage within another one interrupts it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times = StageTimes()
        self._stage: Stage = "rest"
        self._since = clock()

    @property
    def times(self) -> StageTimes:
        """The seconds up to now."""
        self._switch(self._stage)
        return self._times

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        """What happens within this block is of that stage."""
        before = self._switch(stage)
        try:
            yield
        finally:
            self._switch(before)

    def timed(self, stage: Stage, items: Iterator[Item]) -> Iterator[Item]:
        """`items`, while the waiting for each is of that stage."""
        end = object()
        while True:
            with self.stage(stage):
                item = next(items, end)
            if item is end:
                return
            yield item  # type: ignore[misc]  # it is no `end`

    def _switch(self, stage: Stage) -> Stage:
        now, before = self._clock(), self._stage
        setattr(self._times, before, getattr(self._times, before) + now - self._since)
        self._stage, self._since = stage, now
        return before
