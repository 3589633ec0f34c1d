"""`make bench-fairness`: fifty small files beside a large one, with one worker, on PostgreSQL.

Three runs: the large file alone; small files that arrive one after another while it is imported; all of them at
once. A small file waits from its POST's answer until its import begins. Prints the figures; every file's counts are
checked.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from typing import Final

from benchmarks import databases, stack
from benchmarks.files import Recipe
from benchmarks.options import Options
from benchmarks.writing import made
from dev.environment import PROJECT

SMALL_FILES: Final = 50
SMALL_ROWS: Final = 300
LARGE_ROWS: Final = int(os.environ.get("FAIRNESS_ROWS") or 1_000_000)
# Seconds between two small files that arrive one after another.
EVERY: Final = 0.4
# Seconds after the large file has begun.
BEGIN: Final = 2.0


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through `finally`
    options = Options.given()
    for recipe in recipes():
        made(options.files, recipe)
    alone = 0.0
    for arrival in ("none", "steady", "at once"):
        with databases.on_postgresql(options.server) as url, stack.running(url, options.folder) as system:
            command = [sys.executable, "-m", "benchmarks.fairness", arrival]
            answer = subprocess.run(
                command, env=dict(system.environment), cwd=PROJECT, check=True, stdout=subprocess.PIPE
            )
        found = json.loads(answer.stdout.splitlines()[-1])
        alone = alone or found["large"]
        waits = sorted(found["waits"])
        line = f"{arrival:8}  large file {found['large']:.1f} s ({found['large'] / alone:.2f} x)"
        if waits:
            line += f"; small files wait {statistics.median(waits):.2f} s (median), {waits[-1]:.2f} s at most"
        print(line, flush=True)


def recipes() -> list[Recipe]:
    """The large file, and small ones of other products."""
    small = [Recipe(SMALL_ROWS, "xlsx", first=LARGE_ROWS + number * SMALL_ROWS) for number in range(SMALL_FILES)]
    return [Recipe(LARGE_ROWS, "xlsx"), *small]


def measure(arrival: str) -> dict[str, object]:
    """Send the files as `arrival` says, and wait for all. Seconds of the large import, and of the waits."""
    from benchmarks.client import Client
    from bulk_upload.models import BulkUpload
    from catalog.models import Product, Supplier

    options = Options.given()
    large, *small = recipes()
    Supplier.objects.bulk_create([Supplier(codigo=f"BENCH{n:02d}", nombre="x") for n in range(SMALL_FILES)])
    client = Client()
    task = client.send(made(options.files, large), replace=True)[0]
    while not BulkUpload.objects.filter(pk=task, started_at__isnull=False).exists():
        time.sleep(0.05)
    time.sleep(BEGIN)
    accepted: dict[str, float] = {}
    for number, recipe in enumerate(small if arrival != "none" else []):
        sent, _began, answered = client.send(made(options.files, recipe), replace=True, supplier=f"BENCH{number:02d}")
        accepted[sent] = answered
        if arrival == "steady":
            time.sleep(EVERY)
    for each in (task, *accepted):
        client.wait(each, 0.5)
    uploads = BulkUpload.objects.in_bulk()
    rows = LARGE_ROWS + len(accepted) * SMALL_ROWS
    if Product.objects.count() != rows or any(upload.creados != upload.total for upload in uploads.values()):
        raise AssertionError("not every row has landed")
    by_task = {str(key): upload for key, upload in uploads.items()}
    ended = by_task[task].completed_at.timestamp() - by_task[task].started_at.timestamp()  # type: ignore[union-attr]
    waits = [by_task[key].started_at.timestamp() - moment for key, moment in accepted.items()]  # type: ignore[union-attr]
    return {"large": ended, "waits": waits}


if __name__ == "__main__":
    os.chdir(PROJECT)
    if len(sys.argv) > 1:
        import django

        django.setup()
        print(json.dumps(measure(sys.argv[1])))
    else:
        main()
