"""Measures whole jobs, POST to completed, against the stack that runs. Every run is checked."""

from __future__ import annotations

import os
import time
from typing import Final

from django.db import connection, models

from benchmarks.client import Client, Job, check
from benchmarks.files import Recipe
from benchmarks.jobs_plan import FORMATS, SMALL_ROWS, SMALL_RUNS
from benchmarks.measured import Measurement
from benchmarks.options import HUGE, LARGEST_ON_SQLITE, Options
from benchmarks.processes import PeakMemory, cpu_seconds
from benchmarks.tables import database_pids, reset, settle, wal_position
from benchmarks.writing import made
from catalog.models import Product
from catalog.search import has_unfilled
from dev.process_tree import children

# Seconds that a worker may take to make the products of the last run ready for searches.
REST_SECONDS: Final = 300


def main() -> None:
    options = Options.given()
    jobs = Jobs(options)
    jobs.one_small_file_at_a_time()
    for rows in options.sizes:
        if connection.vendor == "sqlite" and rows > LARGEST_ON_SQLITE:
            continue
        for _ in range(options.runs_of(rows)):
            for file_format in FORMATS:
                jobs.a_round(Recipe(rows, file_format))


class Jobs:
    """Sends files and keeps what was measured."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._client = Client()
        self._worker = int(os.environ["BENCH_WORKERS"])

    def one_small_file_at_a_time(self) -> None:
        """What people do most: a few hundred rows, on a system with nothing else to do."""
        recipe = Recipe(SMALL_ROWS, "xlsx")
        for run in range(SMALL_RUNS + 1):
            reset()
            time.sleep(0.5)  # the worker is back in its long poll
            job = self._client.run(made(self._options.files, recipe), SMALL_ROWS, replace=True)
            check(recipe, job.upload, again=False)
            if run:  # the first one finds everything cold
                Measurement("idle", connection.vendor, "xlsx", "fresh", SMALL_ROWS, job.seen).keep()

    def a_round(self, fresh: Recipe) -> None:
        """Fresh, sent again unchanged, a fifth of it changed; then, into an empty table again, with defects."""
        reset()
        self._measure("fresh", fresh)
        before = Product.objects.aggregate(last=models.Max("updated_at"))
        unchanged = self._measure("unchanged", fresh, again=True)
        written = Product.objects.filter(changed_by_upload=unchanged.upload.pk)
        if written.exists() or Product.objects.aggregate(last=models.Max("updated_at")) != before:
            raise AssertionError("an unchanged file has written products")
        self._measure("changed", Recipe(fresh.rows, fresh.format, "changed"), again=True)
        if fresh.rows < HUGE or fresh.format == "xlsx":
            reset()
            self._measure("defects", Recipe(fresh.rows, fresh.format, "defects"))

    def _measure(self, name: str, recipe: Recipe, *, again: bool = False) -> Job:
        path = made(self._options.files, recipe)
        self._rest()
        before = self._used()
        with PeakMemory(self._worker) as memory:
            job = self._client.run(path, recipe.rows, replace=True)
        more = {name: value - before[name] for name, value in self._used().items()}
        more |= {"accepted": job.accepted, "importing": job.importing, "file_bytes": path.stat().st_size}
        more |= {"worker_mib": memory.worker, "child_mib": memory.child}
        check(recipe, job.upload, again=again)
        Measurement("job", connection.vendor, recipe.format, name, recipe.rows, job.seconds, more).keep()
        return job

    def _rest(self) -> None:
        """Let worker and database do what the run before has left to be done."""
        ends = time.monotonic() + REST_SECONDS
        while has_unfilled() and time.monotonic() < ends:
            time.sleep(0.2)
        settle()

    def _used(self) -> dict[str, float]:
        return {
            "worker_cpu": cpu_seconds([self._worker, *children(self._worker)]),
            "database_cpu": cpu_seconds(database_pids()),
            "wal_bytes": wal_position(),
        }
