"""`make bench-compare OTHER=/path/to/checkout`: the same jobs with the code of two checkouts, by turns.

Each has a system and a database of its own, made by its own migrations; the files are the same. Nothing of the other
checkout is imported: it is driven by manage.py, its worker's command, and HTTP. Prints seconds from POST to
`completed` and the ratios of medians and of best times: below 1, this checkout is faster.
"""

from __future__ import annotations

import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from benchmarks.databases import NAME, on_postgresql
from benchmarks.files import FORMATS, Recipe
from benchmarks.jobs import Jobs
from benchmarks.measured import Measurements, lines, table
from benchmarks.options import begin, number
from benchmarks.stack import running
from dev.environment import PROJECT

ROWS: Final = number("COMPARE_ROWS", 100_000)
VARIANTS: Final = ("fresh", "unchanged", "changed", "defects")


def main(other: Path) -> None:
    if not (other / "manage.py").exists():
        sys.exit(f"{other} is no checkout of this project: it has no manage.py.")
    options = begin()
    lines().unlink(missing_ok=True)
    with ExitStack() as systems:
        sides = []
        for name, checkout in (("this", PROJECT), ("other", other.resolve())):
            folder = options.folder / name
            folder.mkdir(parents=True, exist_ok=True)
            database = systems.enter_context(on_postgresql(options.server, f"{NAME}_{name}"))
            stack = systems.enter_context(running(database, folder, checkout=checkout))
            sides.append(Jobs(stack, options, name))
        for jobs in sides:
            jobs.warm_up()
        for turn in range(options.runs):
            for file_format in FORMATS:
                # Who is first in one turn is last in the next one.
                for jobs in sides if turn % 2 == 0 else reversed(sides):
                    jobs.a_round(Recipe(ROWS, file_format))
    print(report(Measurements()))


def report(found: Measurements) -> str:
    head = [f"{ROWS:,} rows, PostgreSQL", "this: median, best", "other: median, best", "ratio of medians", "of best"]
    rows = []
    for file_format in FORMATS:
        for variant in VARIANTS:
            times = [
                [one.seconds for one in found if (one.what, one.format, one.variant) == (side, file_format, variant)]
                for side in ("this", "other")
            ]
            middle, best = [statistics.median(each) for each in times], [min(each) for each in times]
            cells = [f"{one:.2f} s, {least:.2f} s" for one, least in zip(middle, best, strict=True)]
            rows.append([f"{file_format}, {variant}", *cells, *(f"{a / b:.2f}" for a, b in (middle, best))])
    return table(head, rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]).expanduser().absolute())
