"""What is measured, how often, and where its files lie: read from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from dev.environment import PROJECT
from dev.run_tests import DATABASE_URL


def number(name: str, default: int) -> int:
    """An environment variable as a number."""
    return int(os.environ.get(name) or default)


# Only results of a run that was not quick go where everybody reads them.
QUICK: Final = os.environ.get("BENCH_QUICK") == "1"
RUNS: Final = number("BENCH_RUNS", 1 if QUICK else 5)
# From this size on a run takes so long that one has to do.
HUGE: Final = 1_000_000
SIZES: Final = [int(size) for size in (os.environ.get("BENCH_SIZES") or "1000,20000,100000,1000000").split(",")][
    : 2 if QUICK else None
]
# The largest file that the contenders import; beyond, it is minutes for each.
LARGEST_FOR_PEERS: Final = 100_000
# For everything that is written; files that are made once stay there.
FOLDER: Final = Path(os.environ.get("RUN_DIR") or PROJECT / "run").absolute() / "bench"
FILES: Final = FOLDER / "files"
RESULTS: Final = FOLDER if QUICK else PROJECT / "benchmarks"
SERVER: Final = os.environ.get("TEST_DATABASE_URL") or DATABASE_URL
PEERS_PYTHON: Final = os.environ.get("BENCH_PEERS_PYTHON") or str(PROJECT / ".venv-bench" / "bin" / "python")


def sizes_of_turn(turn: int) -> list[int]:
    """The largest files have the first turn only."""
    return [size for size in SIZES if size < HUGE or not turn]
