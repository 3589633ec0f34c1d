"""A heavy day in some minutes: 1,000 small files, 20 large ones, two workers, 100 clients that poll, and the purge.

All must end, with every row once and no answer of 500 or above; no process may grow. What the states' answers take is
measured while everything runs, and again when nothing else does.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from benchmarks.client import Task
from benchmarks.files import Recipe
from benchmarks.options import QUICK
from benchmarks.polling import UNFINISHED, Connection, Seen
from benchmarks.system import System, on_its_own
from dev.environment import PROJECT
from dev.process_tree import children, resident

SMALL, SMALL_ROWS = (60, 300) if QUICK else (1_000, 300)
LARGE, LARGE_ROWS = (2, 20_000) if QUICK else (20, 100_000)
SUPPLIERS: Final = 100
CLIENTS: Final = 100
SENDERS: Final = 4
IDLE_SECONDS: Final = 20
# Seconds between two looks at the memory, and between two purges.
SAMPLE_SECONDS: Final = 0.5
PURGE_SECONDS: Final = 10
LAST_PERCENT_MS: Final = 150.0
LARGEST_GROWTH: Final = 0.10


def day() -> None:
    """Prints the figures; exits with 1 when something is not as it must be."""
    recipes = list(_recipes())
    for recipe in recipes:
        recipe.made()
    with on_its_own(workers=2) as system, _memory(system) as memory, _purging(system) as purges:
        began = time.monotonic()
        busy, tasks = asyncio.run(_send_and_poll(system, recipes))
        seconds = time.monotonic() - began
        jobs = [system.client().wait(task) for task in tasks]
        memory.end()
        idle = asyncio.run(_poll(system, tasks[:CLIENTS], IDLE_SECONDS))
        rows = sum(recipe.rows for recipe in recipes)
        found = system.database.execute("SELECT count(*), count(DISTINCT id) FROM catalog_product")
        letters = system.client().request("GET", "/health/ready", 200).json()["dead_letters"]
    codes = busy.codes + idle.codes
    growth = memory.growth()
    faults = [
        *([f"{sum(job.created for job in jobs)} rows created, {found} products: not {rows}"]
          if sum(job.created for job in jobs) != rows or found != [(rows, rows)] else []),
        *([f"answers of 500 and above: {codes}"] if max(codes) >= 500 else []),
        *([f"{letters} dead letters"] if letters else []),
        *([f"purge failed: {purges.failed}"] if purges.failed else []),
        *([f"{name} grew by {grown:.1%}" for name, grown in growth.items() if grown > LARGEST_GROWTH]),
        *(["status is too slow"] if idle.last_percent() > LAST_PERCENT_MS else []),
    ]  # fmt: skip
    print(f"{len(tasks)} uploads, {rows:,} rows in {seconds:.0f} s: {rows / seconds:,.0f} rows/s")
    print(f"status while it runs: {len(busy.milliseconds):,} answers, {_times(busy)}")
    print(f"status while nothing else runs: {len(idle.milliseconds):,} answers, {_times(idle)} (wanted: under 150)")
    print(f"answers: {dict(codes)}; purges: {purges.done}; dead letters: {letters}")
    for name, grown in growth.items():
        print(f"memory of {name}: {memory.quarter(name, 0):.0f} → {memory.quarter(name, 3):.0f} MiB ({grown:+.1%})")
    print(*(faults or ["as it must be"]), sep="\n")
    sys.exit(1 if faults else 0)


def _recipes() -> Iterator[Recipe]:
    """The large files lie between the small ones, all of other products."""
    first = 0
    for number in range(SMALL + LARGE):
        is_large = number % (SMALL // LARGE + 1) == SMALL // LARGE
        rows = LARGE_ROWS if is_large else SMALL_ROWS
        yield Recipe(rows, "csv" if number % 2 else "xlsx", first=first)
        first += rows


async def _send_and_poll(system: System, recipes: Sequence[Recipe]) -> tuple[Seen, list[Task]]:
    """Send all files while clients poll those that were sent; ends when all have ended."""
    seen, tasks = Seen(), list[Task]()
    client, suppliers = system.client(SENDERS), system.add_suppliers(SUPPLIERS)
    owners = itertools.cycle(suppliers)

    def send(recipe: Recipe, owner: str) -> None:
        tasks.append(client.send(recipe.made(), owner=owner))

    async def sender() -> None:
        with ThreadPoolExecutor(SENDERS) as threads:
            loop = asyncio.get_running_loop()
            await asyncio.gather(*(loop.run_in_executor(threads, send, one, next(owners)) for one in recipes))
        seen.running = False

    async def poller(number: int) -> None:
        async with Connection(system, seen) as connection:
            at = number
            while at < len(tasks) or seen.running:
                if at < len(tasks):
                    body, pause = await connection.ask(tasks[at])
                    at += CLIENTS if body.get("status", "pending") not in UNFINISHED else 0
                    await asyncio.sleep(min(pause, 1))
                else:
                    await asyncio.sleep(0.2)

    await asyncio.gather(sender(), *map(poller, range(CLIENTS)))
    return seen, tasks


async def _poll(system: System, tasks: Sequence[Task], seconds: float) -> Seen:
    """The clients ask on, each for one task, as if it were still running: once a second."""
    seen, stop = Seen(), time.monotonic() + seconds

    async def poller(task: Task, wait: float) -> None:
        await asyncio.sleep(wait)
        async with Connection(system, seen) as connection:
            while time.monotonic() < stop:
                await connection.ask(task)
                await asyncio.sleep(1)

    await asyncio.gather(*(poller(task, number / len(tasks)) for number, task in enumerate(tasks)))
    return seen


def _times(seen: Seen) -> str:
    return f"median {statistics.median(seen.milliseconds):.1f} ms, 99 % {seen.last_percent():.1f} ms"


@dataclass
class Memory:
    """MiB of each process over time: web processes, workers, and the processes that their readers are forked from."""

    samples: dict[str, list[float]] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def look(self, system: System) -> None:
        pids = {f"web process {n}": pid for n, pid in enumerate(children(system.web), 1)}
        for number, worker in enumerate(system.workers, 1):
            pids[f"worker {number}"] = worker
            pids |= {f"fork server of worker {number}": pid for pid in children(worker)[:1]}
        for name, pid in pids.items():
            self.samples.setdefault(name, []).append(resident(pid))

    def end(self) -> None:
        self.over.set()

    def quarter(self, name: str, which: int) -> float:
        found = self.samples[name]
        size = max(1, len(found) // 4)
        return statistics.median(found[which * size : (which + 1) * size])

    def growth(self) -> dict[str, float]:
        """By how much each process grew from the first to the last quarter."""
        return {name: self.quarter(name, 3) / self.quarter(name, 0) - 1 for name in self.samples}


@contextmanager
def _memory(system: System) -> Iterator[Memory]:
    memory = Memory()

    def watch() -> None:
        while not memory.over.wait(SAMPLE_SECONDS):
            memory.look(system)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        memory.end()
        thread.join()


@dataclass
class Purges:
    done: int = 0
    failed: int = 0


@contextmanager
def _purging(system: System) -> Iterator[Purges]:
    """The purge, again and again while everything else runs."""
    purges, over = Purges(), threading.Event()
    command = [sys.executable, "manage.py", "purge_bulk_uploads"]

    def purge() -> None:
        while not over.wait(PURGE_SECONDS):
            ended = subprocess.run(command, cwd=PROJECT, env=dict(system.environment), capture_output=True, check=False)
            purges.done += 1
            purges.failed += ended.returncode != 0

    thread = threading.Thread(target=purge, daemon=True)
    thread.start()
    try:
        yield purges
    finally:
        over.set()
        thread.join()
