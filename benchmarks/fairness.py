"""`make bench-fairness`: fifty small files beside a large one, with one worker, on PostgreSQL.

Three runs: the large file alone; small files that arrive one after another while it is imported; all of them at
once. A small file waits from its POST's answer until its import begins. Prints the figures; every file's counts are
checked.
"""

from __future__ import annotations

import statistics
import time
from typing import Final

from benchmarks.client import moment
from benchmarks.files import Recipe
from benchmarks.options import Options, begin, number
from benchmarks.stack import Stack, on_its_own

SMALL_FILES: Final = 50
SMALL_ROWS: Final = 300
LARGE_ROWS: Final = number("FAIRNESS_ROWS", 1_000_000)
# Seconds between two small files, by how they arrive; and before the first, after the large file has begun.
EVERY: Final = {"steady": 0.4, "at once": 0.0}
BEGIN: Final = 2.0


def main() -> None:
    options = begin()
    alone = 0.0
    for arrival in ("none", *EVERY):
        with on_its_own(options) as stack:
            large, waits = measure(stack, options, arrival)
        alone = alone or large
        line = f"{arrival:8}  large file {large:.1f} s ({large / alone:.2f} x)"
        if waits:
            line += f"; small files wait {statistics.median(waits):.2f} s (median), {max(waits):.2f} s at most"
        print(line, flush=True)


def measure(stack: Stack, options: Options, arrival: str) -> tuple[float, list[float]]:
    """Send the files as `arrival` says, and wait for all. Seconds of the large import, and of the waits."""
    client, suppliers = stack.client(), stack.add_suppliers(SMALL_FILES) if arrival in EVERY else []
    # The small ones have other products.
    small = [
        Recipe(SMALL_ROWS, "xlsx", first=LARGE_ROWS + at * SMALL_ROWS).made(options.files)
        for at in range(len(suppliers))
    ]
    large = client.send(Recipe(LARGE_ROWS, "xlsx").made(options.files))
    while not client.state(large)["started_at"]:
        time.sleep(0.05)
    time.sleep(BEGIN)
    tasks = []
    for path, code in zip(small, suppliers, strict=True):
        tasks.append(client.send(path, owner=code))
        time.sleep(EVERY[arrival])
    jobs = [client.wait(task, 0.5) for task in (large, *tasks)]
    created = sum(job.counts["productos_creados"] for job in jobs)
    if created != LARGE_ROWS + len(tasks) * SMALL_ROWS:
        raise AssertionError("not every row has landed")
    return jobs[0].importing, [moment(client.state(task)["started_at"]) - task.accepted for task in tasks]


if __name__ == "__main__":
    main()
