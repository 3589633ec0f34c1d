"""`make bench-compare OTHER=/path/to/checkout`: the same jobs with the code of two checkouts, by turns.

Each has a system and a database of its own, made by its own migrations; the files are the same. Nothing of the other
checkout is imported: it is driven by manage.py, its worker's command, and HTTP. Prints seconds from POST to
`completed` and the ratios of medians and of best times: below 1, this checkout is faster.
"""

from __future__ import annotations

import os
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks.databases import NAME, on_postgresql
from benchmarks.files import FORMATS, Recipe
from benchmarks.jobs import ROUND, a_round, a_small_file
from benchmarks.measured import Measurements, table
from benchmarks.options import RUNS, number
from benchmarks.system import running
from dev.environment import PROJECT

ROWS: Final = number("COMPARE_ROWS", 100_000)


def compare() -> None:
    other = Path(os.environ.get("OTHER") or "/").expanduser().absolute()
    if not (other / "manage.py").exists():
        sys.exit(f"OTHER={other} is no checkout of this project: it has no manage.py.")
    with ExitStack() as stopping:
        systems = {}
        for side, checkout in (("this", PROJECT), ("other", other)):
            database = stopping.enter_context(on_postgresql(f"{NAME}_{side}"))
            systems[side] = stopping.enter_context(running(database, checkout=checkout))
            a_small_file(systems[side])  # the first one finds everything cold
        for turn in range(RUNS):
            for file_format in FORMATS:
                # Who is first in one turn is last in the next one.
                for side in sorted(systems, reverse=turn % 2 == 0):
                    a_round(systems[side], Recipe(ROWS, file_format), side)
    print(report(Measurements()))


def report(found: Measurements) -> str:
    def line(file_format: str, variant: str) -> list[str]:
        ours, theirs = (
            [one.seconds for one in found if (one.what, one.format, one.variant) == (side, file_format, variant)]
            for side in ("this", "other")
        )
        times = [f"{statistics.median(each):.2f} s, {min(each):.2f} s" for each in (ours, theirs)]
        ratios = [f"{of(ours) / of(theirs):.2f}" for of in (statistics.median, min)]
        return [f"{file_format}, {variant}", *times, *ratios]

    head = [f"{ROWS:,} rows, PostgreSQL", "this: median, best", "other: median, best", "ratio of medians", "of best"]
    return table(head, [line(file_format, name) for file_format in FORMATS for name, _, _ in ROUND])
