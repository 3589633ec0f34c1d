"""`make bench-workers`: the same forty files with 1, 2 and 4 workers, on PostgreSQL."""

from __future__ import annotations

import os
import signal
import sys
from typing import Final

from benchmarks import capacity, databases, stack
from benchmarks.jobs_plan import one_for_each_supplier
from benchmarks.measured import Measurements
from benchmarks.options import Options
from benchmarks.report import table
from benchmarks.results import keep_figures, write_workers
from benchmarks.run import measure
from benchmarks.writing import made
from dev.environment import PROJECT

COUNTS: Final = (1, 2, 4)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through `finally`
    options = Options.given()
    for recipe in one_for_each_supplier(options):
        made(options.files, recipe)
    lines = options.folder / "workers.jsonl"
    lines.unlink(missing_ok=True)
    for count in COUNTS:
        with databases.on_postgresql(options.server) as url, stack.running(url, options.folder, count) as system:
            measure("benchmarks.many_files", system.environment, lines)
    files, each = options.many
    rates = {one.variant: one.rows / one.seconds for one in Measurements.read(lines)}
    text = table(
        [f"workers, {files} files of {each:,} rows", "uploads/min", "rows/s", "beside one worker"],
        [
            [count, f"{rate / each * 60:,.0f}", f"{rate:,.0f}", f"{rate / rates['1']:.2f} ×"]
            for count, rate in rates.items()
        ],
    )
    print(text)
    write_workers(text, options)
    keep_figures(options, workers={count: round(rate) for count, rate in rates.items()})
    if options.publishes:
        capacity.write_page()


if __name__ == "__main__":
    os.chdir(PROJECT)
    main()
