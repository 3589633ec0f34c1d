"""A night of files on larger machines, simulated: who waits for whom, when it ends, and what is busiest.

Everything that is shared is a `Station`: so many equal places, and who comes first is served first. A worker takes a
file, and for each chunk its reader's core, its own, one of PostgreSQL's, the lock of the table, and the disk; the
reader is one chunk ahead. The same seed gives the same night. `benchmarks.night` measures what all of it costs.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

MICROSECOND: Final = 1e-6


@dataclass(frozen=True)
class Cost:
    """What an import takes of one thing: for each file, each chunk of it, each row. CPU is in µs, the rest in bytes."""

    file: float = 0.0
    chunk: float = 0.0
    row: float = 0.0

    def of_chunk(self, rows: int) -> float:
        return self.chunk + rows * self.row


@dataclass(frozen=True)
class Costs:
    """All CPU is in µs, as is `lock`: the time for which one session keeps all others out."""

    reader: Cost = Cost()
    worker: Cost = Cost()
    database: Cost = Cost()
    lock: Cost = Cost()
    disk: Cost = Cost()


@dataclass(frozen=True)
class Machine:
    """`database_cores` 0: PostgreSQL shares the workers' cores. The disk writes `disk_mb` a second."""

    cores: int
    database_cores: int
    workers: int
    disk_mb: float


@dataclass(frozen=True)
class Outcome:
    """When the last file is imported, and which part of that time each station was busy."""

    seconds: float
    rows: int
    busy: dict[str, float]

    @property
    def wall(self) -> str:
        """The station that is busiest: more of the others would not help."""
        return max(self.busy, key=lambda name: self.busy[name])


class Station:
    """Equal places that serve one after another."""

    def __init__(self, places: int) -> None:
        self._free_at = [0.0] * places
        self._served = 0.0

    def serve(self, now: float, seconds: float) -> float:
        """When a request that comes `now` is done. Requests are to come in the order of time."""
        end = max(now, self._free_at[0]) + seconds
        heapq.heapreplace(self._free_at, end)
        self._served += seconds
        return end

    def busy(self, seconds: float) -> float:
        return self._served / (seconds * len(self._free_at))


def simulate(files: list[int], chunk_rows: int, costs: Costs, machine: Machine) -> Outcome:
    """Import files of so many rows each, all of them queued when the night begins."""
    cores, lock, disk = Station(machine.cores), Station(1), Station(1)
    database = Station(machine.database_cores) if machine.database_cores else cores
    waiting = list(reversed(files))
    bytes_a_second = machine.disk_mb * 1e6

    def worker(now: float) -> Iterator[float]:
        """Yields the time at which it goes on."""
        while waiting:
            rows = waiting.pop()
            chunks = [min(chunk_rows, rows - first) for first in range(0, rows, chunk_rows)]
            read = [costs.reader.of_chunk(chunk) * MICROSECOND for chunk in chunks]
            yield (now := cores.serve(now, costs.reader.file * MICROSECOND + read[0]))
            yield (now := cores.serve(now, costs.worker.file * MICROSECOND))
            yield (now := database.serve(now, costs.database.file * MICROSECOND))
            for chunk, ahead in zip(chunks, [*read[1:], 0.0], strict=True):
                next_is_read = cores.serve(now, ahead) if ahead else now
                yield (now := cores.serve(now, costs.worker.of_chunk(chunk) * MICROSECOND))
                yield (now := database.serve(now, costs.database.of_chunk(chunk) * MICROSECOND))
                yield (now := lock.serve(now, costs.lock.of_chunk(chunk) * MICROSECOND))
                yield (now := disk.serve(now, costs.disk.of_chunk(chunk) / bytes_a_second))
                yield (now := max(now, next_is_read))

    order = count()
    events = [(0.0, next(order), worker(0.0)) for _ in range(machine.workers)]
    now = 0.0
    while events:
        now, _, running = heapq.heappop(events)
        if (until := next(running, None)) is not None:
            heapq.heappush(events, (until, next(order), running))
    names = {"cores" if machine.database_cores else "shared cores": cores, "table lock": lock, "disk": disk}
    if machine.database_cores:
        names["database cores"] = database
    return Outcome(now, sum(files), {name: station.busy(now) for name, station in names.items()})


def sizes(files: int, rows: int, spread: float, seed: int = 1) -> list[int]:
    """Rows of each file: `rows` on average, up to `spread` of that more or less."""
    chance = random.Random(seed)
    return [round(rows * (1 + spread * chance.uniform(-1, 1))) for _ in range(files)]


def best(files: list[int], chunk_rows: int, costs: Costs, machines: list[Machine], enough: float = 1.02) -> int:
    """Which of the machines, each with more workers than the one before, is the first that is about as fast as any."""
    times = [simulate(files, chunk_rows, costs, machine).seconds for machine in machines]
    return next(at for at, seconds in enumerate(times) if seconds <= min(times) * enough)
