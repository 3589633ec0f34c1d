"""Measures whole jobs, POST to completed, against a system that runs. Every run is checked."""

from __future__ import annotations

import time
from typing import Final

from benchmarks.files import Recipe, Variant
from benchmarks.measured import Measurement
from benchmarks.options import HUGE
from benchmarks.processes import Used, cpu_seconds
from benchmarks.system import System

# The file that most people send.
SMALL_ROWS: Final = 300
# What a round measures: its name, the file's variant, and whether that comes after the fresh one.
ROUND: Final[tuple[tuple[str, Variant, bool], ...]] = (
    ("fresh", "fresh", False),
    ("unchanged", "fresh", True),
    ("changed", "changed", True),
    ("defects", "defects", False),
)


def a_round(system: System, fresh: Recipe, what: str = "job") -> None:
    """Fresh, sent again unchanged, a fifth of it changed; then, into an empty table again, with defects."""
    database = system.database
    for name, variant, again in ROUND:
        if (name, fresh.rows, fresh.format) == ("defects", HUGE, "csv"):
            continue  # it would show nothing that the workbook does not
        if not again:
            database.reset()
        written = database.execute("SELECT max(updated_at) FROM catalog_product")
        _measure(system, what, name, Recipe(fresh.rows, fresh.format, variant), again=again)
        if name == "unchanged" and database.execute("SELECT max(updated_at) FROM catalog_product") != written:
            raise AssertionError("an unchanged file has written products")


def a_small_file(system: System) -> Measurement:
    """What people do most: a few hundred rows, on a system with nothing else to do. Seconds until the client saw it."""
    recipe = Recipe(SMALL_ROWS, "xlsx")
    system.database.reset()
    time.sleep(0.5)  # the worker is back in its long poll
    job = system.client().run(recipe)
    system.database.check_products(recipe)
    return Measurement("idle", "xlsx", "fresh", SMALL_ROWS, job.seen)


def _measure(system: System, what: str, name: str, recipe: Recipe, *, again: bool) -> None:
    path, database = recipe.made(), system.database
    database.settle()
    cpu, wal = cpu_seconds(database.pids()), database.wal_position()
    with Used(system.workers[0]) as used:
        job = system.client().run(recipe, again=again)
    more = {
        "worker_cpu": used.cpu,
        "database_cpu": cpu_seconds(database.pids()) - cpu,
        "wal_bytes": database.wal_position() - wal,
        "accepted": job.accepted,
        "importing": job.importing,
        "file_bytes": path.stat().st_size,
        "worker_mib": used.worker,
        "child_mib": used.child,
    }
    database.check_products(recipe)
    Measurement(what, recipe.format, name, recipe.rows, job.seconds, more=more).keep()
