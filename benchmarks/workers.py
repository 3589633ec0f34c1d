"""`make bench-workers`: the same forty files with 1, 2 and 4 workers, on PostgreSQL."""

from __future__ import annotations

import os
import signal
import time
from typing import Final

from benchmarks import results
from benchmarks.client import moment
from benchmarks.files import Recipe
from benchmarks.measured import table
from benchmarks.options import Options, begin
from benchmarks.stack import Stack, on_its_own

COUNTS: Final = (1, 2, 4)


def main() -> None:
    options = begin()
    files, each = (8, 1_000) if options.quick else (40, 5_000)
    recipes = [Recipe(each, "xlsx", first=number * each) for number in range(files)]
    rates: dict[int, float] = {}
    for count in COUNTS:
        with on_its_own(options, count) as stack:
            rates[count] = files * each / measure(stack, options, recipes)
    text = table(
        [f"workers, {files} files of {each:,} rows", "uploads/min", "rows/s", "beside one worker"],
        [
            [str(count), f"{rate / each * 60:,.0f}", f"{rate:,.0f}", f"{rate / rates[1]:.2f} ×"]
            for count, rate in rates.items()
        ],
    )
    print(text)
    results.write("bench-workers", text, options, workers={str(count): round(rate) for count, rate in rates.items()})


def measure(stack: Stack, options: Options, recipes: list[Recipe]) -> float:
    """Seconds for all the files, each another supplier's; the workers begin when everything is queued."""
    client, paths = stack.client(), [recipe.made(options.files) for recipe in recipes]
    stack.database.reset()
    stack.database.settle()
    for pid in stack.workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        suppliers = stack.add_suppliers(len(paths))
        tasks = [client.send(path, owner=code) for path, code in zip(paths, suppliers, strict=True)]
    finally:
        began = time.time()
        for pid in stack.workers:
            os.kill(pid, signal.SIGCONT)
    created = [client.wait(task).counts["productos_creados"] for task in tasks]
    rows = [recipe.rows for recipe in recipes]
    if created != rows or stack.database.execute("SELECT count(*) FROM catalog_product") != [(sum(rows),)]:
        raise AssertionError("not every row has landed")
    return max(moment(client.state(task)["completed_at"]) for task in tasks) - began


if __name__ == "__main__":
    main()
