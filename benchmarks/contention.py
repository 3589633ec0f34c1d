"""What sessions that COPY into the products at once wait for, by PostgreSQL's wait events."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from benchmarks.files import ADDED, COPY_COLUMNS, values
from benchmarks.options import QUICK
from benchmarks.processes import cpu_seconds
from benchmarks.system import System

ROWS: Final = 40_000 if QUICK else 400_000
CHUNK_ROWS: Final = 2_500
LOOK_SECONDS: Final = 0.003
# Waits for the one who sends the rows: no time of the server's.
CLIENT: Final = "Client"
# This one is for the disk, which all sessions' commits share: it counts as the disk's.
WAL_IS_WRITTEN: Final = "LWLock:WALWrite"
GROWS: Final = "IO:DataFileExtend"
STATES: Final = """
    SELECT coalesce(wait_event_type || ':' || wait_event, 'CPU') FROM pg_stat_activity
    WHERE pid = ANY(%s) AND state = 'active'
"""
COPY: Final = f"COPY catalog_product ({', '.join(COPY_COLUMNS)}) FROM STDIN"


@dataclass(frozen=True)
class Contention:
    """Sessions at once: seconds for all rows, the server's CPU, and which part of a session's time it spent on what."""

    sessions: int
    seconds: float
    cpu_us_per_row: float
    shares: Mapping[str, float]

    @property
    def us_per_row(self) -> float:
        """Of one session."""
        return self.seconds * self.sessions / ROWS * 1e6

    def waits(self) -> dict[str, float]:
        """For other sessions, by lock."""
        return {name: share for name, share in self.shares.items() if name.startswith(("Lock:", "LWLock:"))}


def measure(system: System, sessions: int) -> Contention:
    """All sessions together load the same rows, each a range of keys and its supplier's, 2,500 in a transaction."""
    database, suppliers = system.database, system.add_suppliers(sessions)
    database.reset()
    database.execute("CHECKPOINT")
    parts = [_chunks(at * ROWS // sessions, ROWS // sessions, code) for at, code in enumerate(suppliers)]
    found: Counter[str] = Counter()
    with ExitStack() as closed, ThreadPoolExecutor(sessions) as threads:
        watcher, *connections = (
            closed.enter_context(closing(psycopg.connect(database.url, autocommit=True))) for _ in range(sessions + 1)
        )
        pids = [connection.info.backend_pid for connection in connections]
        cpu, began = cpu_seconds(pids), time.perf_counter()
        loads = [threads.submit(_load, *each) for each in zip(connections, parts, strict=True)]
        while not all(load.done() for load in loads):
            found.update(state for (state,) in watcher.execute(STATES, [pids]))
            time.sleep(LOOK_SECONDS)
        seconds, cpu = time.perf_counter() - began, cpu_seconds(pids) - cpu
        for load in loads:
            load.result()
    looks = sum(count for state, count in found.items() if not state.startswith(CLIENT))
    shares = {state: count / looks for state, count in found.most_common() if not state.startswith(CLIENT)}
    return Contention(sessions, seconds, cpu / ROWS * 1e6, shares)


def _load(connection: psycopg.Connection[Any], chunks: list[bytes]) -> None:
    for chunk in chunks:
        with connection.transaction(), connection.cursor().copy(COPY) as copy:
            copy.write(chunk)


def _chunks(first: int, rows: int, supplier: str) -> list[bytes]:
    added = {**ADDED, "proveedor_id": supplier}.values()
    lines = ["\t".join(map(str, [*values(n), *added])) + "\n" for n in range(first + 1, first + rows + 1)]
    return ["".join(lines[at : at + CHUNK_ROWS]).encode() for at in range(0, rows, CHUNK_ROWS)]


def lock_bounds(runs: Sequence[Contention]) -> tuple[float, float]:
    """The µs of a row for which one session keeps all others out: at least, and at most.

    Runs are of one session, of two, and of more. At least: what a session alone waits for the file of a table to grow,
    which it does under the lock. At most: a session finds the lock taken as often as the other one holds it (h), and
    then waits for about as long as it is held, so that h × h of its time is waiting; nor can it be longer than a row
    takes all sessions together.
    """
    one, two = runs[:2]
    longest = max((share for name, share in two.waits().items() if name != WAL_IS_WRITTEN), default=0.0)
    together = min(run.us_per_row / run.sessions for run in runs)
    return one.shares.get(GROWS, 0.0) * one.us_per_row, min(math.sqrt(longest) * two.us_per_row, together)
