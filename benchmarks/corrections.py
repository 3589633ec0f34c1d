"""`make bench-corrections`: the rows to correct of a file of which every row is rejected, on PostgreSQL.

A file is imported, and sent again without leave to replace. Prints the seconds from the first request for its rows to
correct until they have been taken away, and the worker's CPU time and memory.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Final

from benchmarks import databases, stack
from benchmarks.files import Recipe
from benchmarks.options import Options
from benchmarks.writing import made
from dev.environment import PROJECT

ROWS: Final = int(os.environ.get("CORRECTIONS_ROWS") or 200_000)


def main() -> None:
    """Within a stack that runs."""
    from benchmarks.client import Client
    from benchmarks.processes import PeakMemory, cpu_seconds
    from dev.process_tree import children

    client, path = Client(), made(Options.given().files, Recipe(ROWS, "xlsx"))
    client.wait(client.send(path, replace=True)[0])
    task = client.send(path, replace=False)[0]
    client.wait(task)
    worker = int(os.environ["BENCH_WORKERS"])
    before = cpu_seconds([worker, *children(worker)])
    began = time.monotonic()
    with PeakMemory(worker) as memory:
        size = client.corrections(task)
    seconds = time.monotonic() - began
    used = cpu_seconds([worker, *children(worker)]) - before
    print(
        f"{ROWS:,} rows to correct: {seconds:.1f} s, {used:.1f} s of CPU in worker and reader, "
        f"{memory.worker:.0f} and {memory.child:.0f} MiB at most; {size / 1e6:.1f} MB"
    )


def run_with_stack() -> None:
    options = Options.given()
    made(options.files, Recipe(ROWS, "xlsx"))
    with databases.on_postgresql(options.server) as url, stack.running(url, options.folder) as system:
        command = [sys.executable, "-m", "benchmarks.django_process", "benchmarks.corrections"]
        done = subprocess.run(command, cwd=PROJECT, env=dict(system.environment), check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    run_with_stack()
