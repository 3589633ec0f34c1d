"""A file with defects, imported directly and by a plan that is applied: both must come to the same."""

from __future__ import annotations

import time
from typing import Any, Final

from benchmarks.client import Task
from benchmarks.files import FIELDS, Recipe
from benchmarks.options import QUICK
from benchmarks.processes import Used
from benchmarks.system import System, on_its_own

ROWS: Final = 20_000 if QUICK else 200_000
UPLOADS: Final = "/api/v1/catalog/bulk-upload"


def plans() -> None:
    """Prints the seconds of each, and of the plan's workbook, with what the worker used. Fails when they differ."""
    path = Recipe(ROWS, "xlsx", "defects").made()
    with on_its_own() as system:
        client = system.client()
        system.database.reset()
        direct = _timed("direct", system, client.send(path))
        expected = (direct, _problems(system), _products(system))
        system.database.reset()
        task = client.send(path, plan=True)
        planned = _timed("plan", system, task)
        if system.database.execute("SELECT 1 FROM catalog_product LIMIT 1"):
            raise AssertionError("the plan has written products")
        began = time.monotonic()
        size = len(client.request("GET", f"{UPLOADS}/{task.id}/plan.xlsx", 200).data)
        print(f"{'workbook':8} {time.monotonic() - began:6.1f} s, {size / 1e6:.1f} MB", flush=True)
        applied = _timed("apply", system, client.follow(task, "apply"))
        if planned != direct or (applied, _problems(system), _products(system)) != expected:
            raise AssertionError("the plan's application has come to something else than the import")
    print(f"{ROWS:,} rows: a plan and its application come to the same as the import")


def _timed(name: str, system: System, task: Task) -> dict[str, int]:
    """The counts that the upload ends with."""
    with Used(system.workers[0]) as used:
        job = system.client().wait(task)
    print(f"{name:8} {job.importing:6.1f} s, {used.cpu:.1f} s of CPU, {used.worker:.0f} MiB at most", flush=True)
    return job.counts


def _problems(system: System) -> list[Any]:
    """How many there are of each kind in the newest upload."""
    newest = "SELECT task_id FROM bulk_upload_bulkupload ORDER BY number DESC LIMIT 1"
    columns = "severity, codigo, columna"
    return system.database.execute(
        f"SELECT {columns}, count(*), sum(fila::bigint) FROM bulk_upload_rowerror WHERE upload_id = ({newest})"
        f" GROUP BY {columns} ORDER BY {columns}"
    )


def _products(system: System) -> list[Any]:
    columns = ", ".join(FIELDS)
    return system.database.execute(
        f"SELECT count(*), md5(string_agg(md5(row({columns})::text), '' ORDER BY id)) FROM catalog_product"
    )
