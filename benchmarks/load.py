"""A system under load: several workers, small files beside a large one, rows to correct, the web processes' memory."""

from __future__ import annotations

import os
import signal
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from benchmarks import results
from benchmarks.client import Client, moment
from benchmarks.files import Recipe
from benchmarks.measured import table
from benchmarks.options import QUICK
from benchmarks.processes import Used
from benchmarks.system import System, on_its_own
from dev.process_tree import children, resident

FILES, ROWS_EACH = (8, 1_000) if QUICK else (40, 5_000)
SMALL_FILES, SMALL_ROWS = 50, 300
LARGE_ROWS: Final = 100_000 if QUICK else 1_000_000
# Seconds between two small files, by how they arrive; and before the first, after the large file has begun.
EVERY: Final = {"steady": 0.4, "at once": 0.0}
BEGIN: Final = 2.0
REJECTED_ROWS: Final = 20_000 if QUICK else 200_000
UPLOADS: Final = 100 if QUICK else 500
SAMPLES: Final = 10
CLIENTS: Final = 12
LARGEST_GROWTH: Final = 0.05
# Rows of one file after another: small ones stay in memory, larger ones go through a temporary file, the largest
# to S3 in parts.
MIXED: Final = (10, 200, 1_000, 10, 200, 5_000, 10, 1_000, 20_000, 200)
LARGEST_ROWS: Final = 80_000
LARGEST_EVERY: Final = 50


def workers() -> None:
    """The same forty files with 1, 2 and 4 workers, each file another supplier's."""
    rates: dict[int, float] = {}
    for count in (1, 2, 4):
        with on_its_own(workers=count) as system:
            system.database.settle()
            rates[count] = FILES * ROWS_EACH / seconds_of_many_files(system, FILES, ROWS_EACH)
    lines = [
        [str(count), f"{rate / ROWS_EACH * 60:,.0f}", f"{rate:,.0f}", f"{rate / rates[1]:.2f} ×"]
        for count, rate in rates.items()
    ]
    text = table([f"workers, {FILES} files of {ROWS_EACH:,} rows", "uploads/min", "rows/s", "beside one worker"], lines)
    print(text)
    results.write("bench-workers", text, workers={str(count): round(rate) for count, rate in rates.items()})


def seconds_of_many_files(system: System, files: int, rows: int) -> float:
    """Import so many files, each of another supplier. The workers begin when everything is queued."""
    client, suppliers = system.client(), system.add_suppliers(files)
    paths = [Recipe(rows, "xlsx", first=number * rows).made() for number in range(files)]
    for pid in system.workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        tasks = [client.send(path, owner=code) for path, code in zip(paths, suppliers, strict=True)]
    finally:
        began = time.time()
        for pid in system.workers:
            os.kill(pid, signal.SIGCONT)
    _check_created(sum(client.wait(task).created for task in tasks), files * rows, system)
    return max(moment(client.state(task)["completed_at"]) for task in tasks) - began


def _check_created(created: int, rows: int, system: System) -> None:
    if created != rows or system.database.execute("SELECT count(*) FROM catalog_product") != [(rows,)]:
        raise AssertionError("not every row has landed")


def fairness() -> None:
    """Fifty small files beside a large one, with one worker: none; one after another; all of them at once.

    A small file waits from its POST's answer until its import begins. Every file's counts are checked.
    """
    alone = 0.0
    for arrival in ("none", *EVERY):
        with on_its_own() as system:
            large, waits = _small_beside_large(system, arrival)
        alone = alone or large
        line = f"{arrival:8}  large file {large:.1f} s ({large / alone:.2f} x)"
        if waits:
            line += f"; small files wait {statistics.median(waits):.2f} s (median), {max(waits):.2f} s at most"
        print(line, flush=True)


def _small_beside_large(system: System, arrival: str) -> tuple[float, list[float]]:
    """Send the files as `arrival` says, and wait for all. Seconds of the large import, and of the waits."""
    client, suppliers = system.client(), system.add_suppliers(SMALL_FILES) if arrival in EVERY else []
    # The small ones have other products.
    firsts = range(LARGE_ROWS, LARGE_ROWS + len(suppliers) * SMALL_ROWS, SMALL_ROWS)
    small = [Recipe(SMALL_ROWS, "xlsx", first=first).made() for first in firsts]
    large = client.send(Recipe(LARGE_ROWS, "xlsx").made())
    while not client.state(large)["started_at"]:
        time.sleep(0.05)
    time.sleep(BEGIN)
    tasks = []
    for path, code in zip(small, suppliers, strict=True):
        tasks.append(client.send(path, owner=code))
        time.sleep(EVERY[arrival])
    jobs = [client.wait(task, 0.5) for task in (large, *tasks)]
    _check_created(sum(job.created for job in jobs), LARGE_ROWS + len(tasks) * SMALL_ROWS, system)
    return jobs[0].importing, [moment(client.state(task)["started_at"]) - task.accepted for task in tasks]


def corrections() -> None:
    """The rows to correct of a file that is sent again without leave to replace: every row is rejected.

    Prints the seconds from the first request for them until they have been taken away, and what the worker used.
    """
    path = Recipe(REJECTED_ROWS, "xlsx").made()
    with on_its_own() as system:
        client = system.client()
        client.wait(client.send(path))
        task = client.send(path, replace=False)
        client.wait(task)
        began = time.monotonic()
        with Used(system.workers[0]) as used:
            address = f"/api/v1/catalog/bulk-upload/{task.id}/corrections"
            while (answer := client.request("GET", address, 200, 202)).status == 202:
                time.sleep(float(answer.headers["Retry-After"]))
        seconds = time.monotonic() - began
    print(
        f"{REJECTED_ROWS:,} rows to correct: {seconds:.1f} s, {used.cpu:.1f} s of CPU in worker and reader, "
        f"{used.worker:.0f} and {used.child:.0f} MiB at most; {len(answer.data) / 1e6:.1f} MB"
    )


def web_memory() -> None:
    """The memory of two gunicorn processes of eight threads while 500 files of mixed size are uploaded and watched.

    Fails when a process grows by 5 % or more in the second half of the uploads.
    """
    for rows in (*MIXED, LARGEST_ROWS):
        Recipe(rows, "csv").made()
    with on_its_own() as system, ThreadPoolExecutor(CLIENTS) as threads:
        client, pids = system.client(CLIENTS), children(system.web)
        history: list[list[float]] = []
        print(f"{'uploads':>8} {'MiB of each web process':>30}", flush=True)
        for step in range(SAMPLES + 1):
            numbers = range(max(step - 1, 0) * UPLOADS // SAMPLES, step * UPLOADS // SAMPLES)
            list(threads.map(_upload_and_watch, [client] * len(numbers), numbers))
            history.append([resident(pid) for pid in pids])
            print(f"{numbers.stop:>8} {'  '.join(f'{one:6.1f}' for one in history[-1]):>30}", flush=True)
    growth = max(after / before - 1 for before, after in zip(history[SAMPLES // 2], history[-1], strict=True))
    print(f"growth in the second half: {growth:.1%} (allowed: under {LARGEST_GROWTH:.0%})")
    sys.exit(0 if growth < LARGEST_GROWTH else 1)


def _upload_and_watch(client: Client, at: int) -> None:
    rows = MIXED[at % len(MIXED)] if (at + 1) % LARGEST_EVERY else LARGEST_ROWS
    task = client.send(Recipe(rows, "csv").made(), key=f"upload-{at}")
    for _ in range(4):
        client.state(task)
        time.sleep(0.05)
    client.request("GET", "/api/v1/catalog/bulk-upload?limit=20", 200)
