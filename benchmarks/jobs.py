"""Measures whole jobs, POST to completed, against a stack that runs. Every run is checked."""

from __future__ import annotations

import time
from typing import Final

from benchmarks.files import FORMATS, Recipe, Variant
from benchmarks.measured import Measurement
from benchmarks.options import HUGE, LARGEST_ON_SQLITE, Options
from benchmarks.processes import Used, cpu_seconds
from benchmarks.stack import Stack

# The file that most people send, and how often it is tried at each turn.
SMALL_ROWS, SMALL_RUNS = 300, 5
# What a round measures: its name, the file's variant, and whether that comes after the fresh one.
ROUND: Final[tuple[tuple[str, Variant, bool], ...]] = (
    ("fresh", "fresh", False),
    ("unchanged", "fresh", True),
    ("changed", "changed", True),
)


class Jobs:
    """Sends files and keeps what was measured, under the name `what`."""

    def __init__(self, stack: Stack, options: Options, what: str = "job") -> None:
        self._stack, self._options, self._what = stack, options, what
        self._client, self._database = stack.client(), stack.database

    def all_sizes(self, turn: int) -> None:
        """One turn of what `make bench` measures."""
        self.warm_up()
        for _ in range(SMALL_RUNS):
            seconds = self._a_small_file()
            Measurement("idle", self._database.vendor, "xlsx", "fresh", SMALL_ROWS, seconds).keep()
        for rows in self._options.sizes_of_turn(turn):
            if self._database.vendor == "postgresql" or rows <= LARGEST_ON_SQLITE:
                for file_format in FORMATS:
                    self.a_round(Recipe(rows, file_format))

    def warm_up(self) -> None:
        """The first file finds everything cold."""
        self._a_small_file()

    def a_round(self, fresh: Recipe) -> None:
        """Fresh, sent again unchanged, a fifth of it changed; then, into an empty table again, with defects."""
        self._database.reset()
        for name, variant, again in ROUND:
            written = self._last_written()
            self._measure(name, Recipe(fresh.rows, fresh.format, variant), again=again)
            if name == "unchanged" and self._last_written() != written:
                raise AssertionError("an unchanged file has written products")
        if fresh.rows < HUGE or fresh.format == "xlsx":  # the largest CSV would show nothing that the workbook does not
            self._database.reset()
            self._measure("defects", Recipe(fresh.rows, fresh.format, "defects"))

    def _last_written(self) -> object:
        return self._database.execute("SELECT max(updated_at) FROM catalog_product")

    def _a_small_file(self) -> float:
        """What people do most: a few hundred rows, on a system with nothing else to do. Seconds until it was seen."""
        recipe = Recipe(SMALL_ROWS, "xlsx")
        self._database.reset()
        time.sleep(0.5)  # the worker is back in its long poll
        job = self._client.run(recipe.made(self._options.files), recipe)
        self._database.check_products(recipe)
        return job.seen

    def _measure(self, name: str, recipe: Recipe, *, again: bool = False) -> None:
        path = recipe.made(self._options.files)
        self._database.settle()
        cpu, wal = cpu_seconds(self._database.pids()), self._database.wal_position()
        with Used(self._stack.workers[0]) as used:
            job = self._client.run(path, recipe, again=again)
        more = {
            "worker_cpu": used.cpu,
            "database_cpu": cpu_seconds(self._database.pids()) - cpu,
            "wal_bytes": self._database.wal_position() - wal,
            "accepted": job.accepted,
            "importing": job.importing,
            "file_bytes": path.stat().st_size,
            "worker_mib": used.worker,
            "child_mib": used.child,
        }
        self._database.check_products(recipe)
        Measurement(self._what, self._database.vendor, recipe.format, name, recipe.rows, job.seconds, more).keep()
