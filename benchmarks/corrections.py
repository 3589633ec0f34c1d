"""`make bench-corrections`: the rows to correct of a file of which every row is rejected, on PostgreSQL.

A file is imported, and sent again without leave to replace. Prints the seconds from the first request for its rows to
correct until they have been taken away, and the worker's CPU time and memory.
"""

from __future__ import annotations

import time
from typing import Final

from benchmarks.files import Recipe
from benchmarks.options import begin, number
from benchmarks.processes import Used
from benchmarks.stack import on_its_own

ROWS: Final = number("CORRECTIONS_ROWS", 200_000)


def main() -> None:
    options = begin()
    path = Recipe(ROWS, "xlsx").made(options.files)
    with on_its_own(options) as stack:
        client = stack.client()
        client.wait(client.send(path))
        task = client.send(path, replace=False)
        client.wait(task)
        began = time.monotonic()
        with Used(stack.workers[0]) as used:
            address = f"/api/v1/catalog/bulk-upload/{task.id}/corrections"
            while (answer := client.request("GET", address, 200, 202)).status == 202:
                time.sleep(float(answer.headers["Retry-After"]))
        seconds = time.monotonic() - began
    print(
        f"{ROWS:,} rows to correct: {seconds:.1f} s, {used.cpu:.1f} s of CPU in worker and reader, "
        f"{used.worker:.0f} and {used.child:.0f} MiB at most; {len(answer.data) / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
