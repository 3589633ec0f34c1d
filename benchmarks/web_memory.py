"""`make bench-web-memory`: the memory of the web processes while 500 files of mixed size are uploaded and watched.

Two gunicorn processes of eight threads, one worker, PostgreSQL. Fails when a web process grows by 5 % or more in the
second half of the uploads.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from benchmarks.client import Client
from benchmarks.files import Recipe
from benchmarks.options import Options, begin, number
from benchmarks.stack import on_its_own
from dev.process_tree import children, resident

UPLOADS: Final = number("BENCH_UPLOADS", 500)
SAMPLES: Final = 10
CLIENTS: Final = 12
LARGEST_GROWTH: Final = 0.05
# Rows of one file after another: small ones stay in memory, larger ones go through a temporary file, the largest
# to S3 in parts.
SIZES: Final = (10, 200, 1_000, 10, 200, 5_000, 10, 1_000, 20_000, 200)
LARGEST_ROWS: Final = 80_000
LARGEST_EVERY: Final = 50


def main() -> None:
    options = begin()
    for rows in (*SIZES, LARGEST_ROWS):
        Recipe(rows, "csv").made(options.files)
    with on_its_own(options) as stack:
        client, pids = stack.client(CLIENTS), children(stack.web)
        history = [list(map(resident, pids))]
        print(f"{'uploads':>8} {'MiB of each web process':>30}\n{0:>8} {_shown(history[0]):>30}", flush=True)
        with ThreadPoolExecutor(CLIENTS) as clients:
            for step in range(SAMPLES):
                numbers = range(step * UPLOADS // SAMPLES, (step + 1) * UPLOADS // SAMPLES)
                list(clients.map(lambda at: upload_and_watch(client, options, at), numbers))
                history.append(list(map(resident, pids)))
                print(f"{numbers.stop:>8} {_shown(history[-1]):>30}", flush=True)
    growth = max(after / before - 1 for before, after in zip(history[SAMPLES // 2], history[-1], strict=True))
    print(f"growth in the second half: {growth:.1%} (allowed: under {LARGEST_GROWTH:.0%})")
    sys.exit(0 if growth < LARGEST_GROWTH else 1)


def upload_and_watch(client: Client, options: Options, at: int) -> None:
    rows = SIZES[at % len(SIZES)] if (at + 1) % LARGEST_EVERY else LARGEST_ROWS
    task = client.send(Recipe(rows, "csv").made(options.files), key=f"upload-{at}")
    for _ in range(4):
        client.state(task)
        time.sleep(0.05)
    client.request("GET", "/api/v1/catalog/bulk-upload?limit=20", 200)


def _shown(mebibytes: list[float]) -> str:
    return "  ".join(f"{one:6.1f}" for one in mebibytes)


if __name__ == "__main__":
    main()
