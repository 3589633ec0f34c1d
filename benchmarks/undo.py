"""`make bench-undo`: what plans, their application and undos take beside the import of the same file, on PostgreSQL.

Prints the medians, their ratios to the import, and what is kept of changed rows, in MB for 100,000 of them.
"""

from __future__ import annotations

from typing import Final

from benchmarks.client import Job, Task
from benchmarks.databases import Database
from benchmarks.files import CHANGED_EVERY, Recipe
from benchmarks.measured import Measurement, Measurements, ratio, shown
from benchmarks.options import QUICK, RUNS
from benchmarks.system import System, on_its_own

ROWS: Final = 10_000 if QUICK else 100_000
FRESH: Final = Recipe(ROWS, "xlsx")
CHANGED: Final = Recipe(ROWS, "xlsx", "changed")
# What is measured, of what it must not take more than, and how many times as long it may take at most.
LIMITS: Final = (("plan", "import", 1.1), ("apply", "import", None), ("undo", "import", 1.0))
LIMITS_OF_CHANGED: Final = (("undo", "import", None),)


def measure_undo() -> None:
    with on_its_own() as system:
        for _ in range(RUNS):
            _fresh(system)
            _changed(system)
        kept = _kept_megabytes(system.database)
    found = Measurements()
    for variant, limits in (("fresh", LIMITS), ("changed", LIMITS_OF_CHANGED)):
        for what, beside, most in limits:
            one, other = (found.median(name, ROWS, variant=variant) for name in (what, beside))
            wanted = f" (wanted: at most {most})" if most else ""
            times = ratio(one, other) or 0.0
            print(f"{variant}: {what} {shown(one, 's')}, {beside} {shown(other, 's')}: {times:.2f} ×{wanted}")
    print(f"kept of 100,000 changed rows: {kept:.0f} MB (wanted: under 60)")


def _fresh(system: System) -> None:
    """Plan and application, then import and undo, each of them on an empty table."""
    database, client = system.database, system.client()
    database.reset()
    plan = _run(system, "plan", client.send(FRESH.made(), plan=True))
    _expect(plan, productos_creados=ROWS)
    _expect(_run(system, "apply", client.follow(plan.task, "apply")), productos_creados=ROWS)
    database.check_products(FRESH)
    database.reset()
    imported = _run(system, "import", client.send(FRESH.made()))
    _expect(_run(system, "undo", client.follow(imported.task, "undo")), eliminados=ROWS)
    if database.execute("SELECT 1 FROM catalog_product LIMIT 1"):
        raise AssertionError("the undo has left products")


def _changed(system: System) -> None:
    """Every fifth row of a catalogue that is there."""
    database, client = system.database, system.client()
    database.reset()
    client.run(FRESH)
    changed = _run(system, "import", client.send(CHANGED.made()), "changed")
    _expect(changed, productos_actualizados=ROWS // CHANGED_EVERY)
    database.check_products(CHANGED)
    _run(system, "undo", client.follow(changed.task, "undo"), "changed")
    database.check_products(FRESH)


def _run(system: System, what: str, task: Task, variant: str = "fresh") -> Job:
    job = system.client().wait(task)
    Measurement(what, "xlsx", variant, ROWS, job.seconds).keep()
    system.database.settle()
    return job


def _expect(job: Job, **counts: int) -> None:
    if (found := {name: job.counts[name] for name in counts}) != counts:
        raise AssertionError(f"{found} instead of {counts}")


def _kept_megabytes(database: Database) -> float:
    """Of the import and of its undo, which keeps as much again."""
    size, rows = database.execute(
        "SELECT pg_total_relation_size('bulk_upload_rowchange'), count(*) FROM bulk_upload_rowchange"
    )[0]
    return float(size / rows * 100_000 / 1e6)
