"""`make bench`: measure everything, and write benchmarks/RESULTS.md with its plot.

Each part is measured by a process of its own, one after another, so that none has another's memory or threads.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks import capacity, databases, stack
from benchmarks.figures import per_row
from benchmarks.files import Recipe
from benchmarks.jobs_plan import recipes
from benchmarks.measured import VARIABLE, Measurements
from benchmarks.options import Options
from benchmarks.results import PLOT, keep_figures, today, write_bench
from benchmarks.writing import copy_rows, made
from dev.environment import PROJECT

PEERS_PYTHON: Final = PROJECT / ".venv-bench" / "bin" / "python"


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through `finally`
    options = Options.given()
    began = time.monotonic()
    make_files(options, recipes(options))
    lines = options.folder / "measurements.jsonl"
    lines.unlink(missing_ok=True)
    with databases.on_sqlite(options.folder) as url, stack.running(url, options.folder) as system:
        measure("benchmarks.jobs", system.environment, lines)
    with databases.on_postgresql(options.server) as url:
        # What is to be compared is measured turn by turn, for a machine is not equally fast all day. The system has
        # stopped when its parts and the others are measured: nothing else runs then.
        for number in range(options.runs):
            once = {"BENCH_RUNS": "1", "BENCH_SIZES": options.sizes_of_turn(number)}
            with stack.running(url, options.folder) as system:
                measure("benchmarks.jobs", {**system.environment, **once}, lines)
            measure("benchmarks.parts", {**system.environment, **once}, lines)
            measure("benchmarks.writers", {**system.environment, **once}, lines)
        peers = dict(system.environment) | {"DJANGO_SETTINGS_MODULE": "benchmarks.peer_settings"}
        measure("benchmarks.peers", peers, lines, PEERS_PYTHON)
        subprocess.run([PEERS_PYTHON, "-m", "benchmarks.plot", lines, options.results / PLOT], cwd=PROJECT, check=True)
    found = Measurements.read(lines)
    print(write_bench(found, options, PEERS_PYTHON))
    keep_figures(options, date=today(), **per_row(found))
    if options.publishes:
        capacity.write_page()
    print(f"Took {(time.monotonic() - began) / 60:.0f} minutes")


def make_files(options: Options, wanted: list[Recipe]) -> None:
    print(f"Files in {options.files} (made once)", flush=True)
    for recipe in wanted:
        made(options.files, recipe)
    for rows in options.sizes:
        copy_rows(options.files, rows)


def measure(module: str, env: Mapping[str, str], lines: Path, python: Path = Path(sys.executable)) -> None:
    """Run a measuring module until its end; it adds to `lines`. Ended with this process, whatever happens."""
    print(module, flush=True)
    process = subprocess.Popen(
        [python, "-m", "benchmarks.django_process", module], cwd=PROJECT, env={**env, VARIABLE: str(lines)}
    )
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        sys.exit(f"{module} failed ({code})")


if __name__ == "__main__":
    os.chdir(PROJECT)
    main()
