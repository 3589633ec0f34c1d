"""`python -m benchmarks COMMAND`: one of the Makefile's `bench` targets. All of them use PostgreSQL."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Final

from benchmarks import day, load, night, plans, polling, previews, results, search, stock, undo, year
from benchmarks.databases import on_postgresql
from benchmarks.files import FORMATS, Recipe
from benchmarks.in_django import measure
from benchmarks.jobs import a_round, a_small_file
from benchmarks.measured import LINES, Measurements
from benchmarks.options import FILES, PEERS_PYTHON, RESULTS, RUNS, sizes_of_turn
from benchmarks.system import System, environment, running
from dev.environment import PROJECT

SMALL_RUNS: Final = 5


def bench() -> None:
    """Everything that benchmarks/RESULTS.md tells, and its plot."""
    began = time.monotonic()
    with on_postgresql() as database:
        env = environment(database)
        for turn in range(RUNS):
            # What is to be compared is measured turn by turn, for a machine is not equally fast all day. The system
            # has stopped when its parts and the others are measured: nothing else runs then.
            with running(database) as system:
                jobs(system, sizes_of_turn(turn))
            for part in ("parts.stages", "parts.writers"):
                measure(part, env, database.url, *sizes_of_turn(turn))
            measure("fastest.measure", env, database.url, *sizes_of_turn(turn), python=PEERS_PYTHON)
            stock.a_turn(database)
        peers = env | {"DJANGO_SETTINGS_MODULE": "benchmarks.peer_settings"}
        measure("peers.measure", peers, database.url, python=PEERS_PYTHON)
        measure("peers.plot", peers, RESULTS / results.PLOT, python=PEERS_PYTHON)
    results.write_bench(Measurements())
    print(f"Took {(time.monotonic() - began) / 60:.0f} minutes")


def jobs(system: System, sizes: list[int]) -> None:
    a_small_file(system)  # the first one finds everything cold
    for _ in range(SMALL_RUNS):
        a_small_file(system).keep()
    for rows in sizes:
        for file_format in FORMATS:
            a_round(system, Recipe(rows, file_format))


COMMANDS: Final[dict[str, Callable[[], None]]] = {
    "bench": bench,
    "stock": stock.only_stock,
    "workers": load.workers,
    "night": night.night,
    "fairness": load.fairness,
    "corrections": load.corrections,
    "plans": plans.plans,
    "day": day.day,
    "year": year.year,
    "web-memory": load.web_memory,
    "polling": polling.polling,
    "previews": previews.previews,
    "search": search.measure_search,
    "undo": undo.measure_undo,
}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through `finally`
    os.chdir(PROJECT)
    FILES.mkdir(parents=True, exist_ok=True)
    LINES.unlink(missing_ok=True)
    COMMANDS[sys.argv[1]]()
