"""A heavy day in some minutes: 1,000 small files, 20 large ones, two workers, 100 clients that poll, and the purge.

All must end, with every row once and no answer of 500 or above; no process may grow. What the states' answers take is
measured while everything runs, and again when nothing else does. The purge has something to remove all the time: older
uploads, of which one after another comes to the age of its file, errors and changes, or of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from benchmarks import results
from benchmarks.client import Task
from benchmarks.files import Recipe
from benchmarks.old_uploads import move_back, removed, send_old_uploads
from benchmarks.options import QUICK
from benchmarks.polling import UNFINISHED, Connection, Seen
from benchmarks.repeated import Repeated
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
# The suppliers of older uploads, and how many each of them has sent; within so many seconds all of them come to an age.
OLD_SUPPLIERS, OLD_EACH = (4, 5) if QUICK else (20, 10)
OLD: Final = OLD_SUPPLIERS * OLD_EACH
OLD_SECONDS: Final = 10 if QUICK else 120
# Every other one has no more than its file, errors and changes to lose.
AGES: Final = f"""make_interval(
    days => CASE WHEN place % 2 = 0 THEN 90 ELSE 730 END, secs => -{OLD_SECONDS}.0 * place / {OLD}
)"""
LAST_PERCENT_MS: Final = 150.0
LARGEST_GROWTH: Final = 0.10
PRODUCTS: Final = "SELECT count(*), count(DISTINCT id) FROM catalog_product"


def day() -> None:
    """Prints the figures; exits with 1 when something is not as it must be."""
    recipes = list(_recipes())
    for recipe in recipes:
        recipe.made()
    rows = sum(recipe.rows for recipe in recipes)
    with on_its_own(workers=2) as system:
        products = rows + send_old_uploads(system, system.add_suppliers(OLD_SUPPLIERS), OLD_EACH, SMALL_ROWS, rows)
        move_back(system.database, AGES)
        memory, purges = Memory(system), Purges(system)
        with Repeated(SAMPLE_SECONDS, memory.look) as looks, Repeated(PURGE_SECONDS, purges.purge):
            began = time.monotonic()
            busy, tasks = asyncio.run(_send_and_poll(system, recipes))
            seconds = time.monotonic() - began
            jobs = [system.client().wait(task) for task in tasks]
            looks.end()
            idle = asyncio.run(_poll(system, tasks[:CLIENTS], IDLE_SECONDS))
        purges.purge()
        created, found = sum(job.created for job in jobs), system.database.execute(PRODUCTS)
        letters = system.client().request("GET", "/health/ready", 200).json()["dead_letters"]
    codes = busy.codes + idle.codes
    growth = memory.growth()
    faults = [
        *([f"{created} rows created, not {rows}"] if created != rows else []),
        *([f"{found} products, not {products}"] if found != [(products, products)] else []),
        *([f"answers of 500 and above: {codes}"] if max(codes) >= 500 else []),
        *([f"{letters} dead letters"] if letters else []),
        *([f"purge failed: {purges.failed}"] if purges.failed else []),
        *(["not everything old was removed"] if not purges.removed_all() else []),
        *([f"{name} grew by {grown:.1%}" for name, grown in growth.items() if grown > LARGEST_GROWTH]),
        *(["status is too slow"] if idle.last_percent() > LAST_PERCENT_MS else []),
    ]  # fmt: skip
    lines = [
        f"{len(tasks):,} uploads, {rows:,} rows in {seconds:.0f} s: {rows / seconds:,.0f} rows/s.",
        f"Status while it runs: {len(busy.milliseconds):,} answers, {_times(busy)}.",
        f"Status while nothing else runs: {len(idle.milliseconds):,} answers, {_times(idle)} (wanted: under 150).",
        f"Answers: {dict(codes)}; dead letters: {letters}.",
        f"{purges.done} purges, {purges.failed} failed; removed: {dict(purges.removed)}.",
        *(
            f"Memory of {name}: {memory.quarter(name, 0):.0f} → {memory.quarter(name, 3):.0f} MiB ({grown:+.1%})."
            for name, grown in growth.items()
        ),
    ]
    print(*lines, *(faults or ["as it must be"]), sep="\n")
    results.write("bench-day", "\n".join(f"- {line}" for line in lines))
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

    system: System
    samples: dict[str, list[float]] = field(default_factory=dict)

    def look(self) -> None:
        pids = {f"web process {n}": pid for n, pid in enumerate(children(self.system.web), 1)}
        for number, worker in enumerate(self.system.workers, 1):
            pids[f"worker {number}"] = worker
            pids |= {f"fork server of worker {number}": pid for pid in children(worker)[:1]}
        for name, pid in pids.items():
            self.samples.setdefault(name, []).append(resident(pid))

    def quarter(self, name: str, which: int) -> float:
        found = self.samples[name]
        size = max(1, len(found) // 4)
        return statistics.median(found[which * size : (which + 1) * size])

    def growth(self) -> dict[str, float]:
        """By how much each process grew from the first to the last quarter."""
        return {name: self.quarter(name, 3) / self.quarter(name, 0) - 1 for name in self.samples}


@dataclass
class Purges:
    """The purge, while everything else runs: how often, and how many of each kind it removed."""

    system: System
    done: int = 0
    failed: int = 0
    removed: Counter[str] = field(default_factory=Counter)

    def purge(self) -> None:
        command, env = [sys.executable, "manage.py", "purge_bulk_uploads"], dict(self.system.environment)
        ended = subprocess.run(command, cwd=PROJECT, env=env, stdout=subprocess.PIPE, text=True, check=False)
        self.done += 1
        self.failed += ended.returncode != 0
        self.removed += removed(ended.stdout)

    def removed_all(self) -> bool:
        """Each older upload has lost its file, and half of them were older still."""
        return (self.removed["archivos originales"], self.removed["cargas"]) == (OLD, OLD // 2)
