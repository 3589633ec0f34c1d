"""What is measured, how often, and where its files lie: read from the environment."""

from __future__ import annotations

from typing import Final

from dev.environment import PROJECT
from dev.variables import Benchmarks, Tests, Tools, is_given, read, refuse_nonsense
from medisupply.environment.refusal import in_words

# From this size on a run takes so long that one has to do.
HUGE: Final = 1_000_000
with in_words():
    refuse_nonsense(Tools, Tests, Benchmarks)
    # Only results of a run that was not quick go where everybody reads them.
    QUICK: Final = read(Benchmarks.BENCH_QUICK)
    RUNS: Final = 1 if QUICK and not is_given(Benchmarks.BENCH_RUNS) else read(Benchmarks.BENCH_RUNS)
    SIZES: Final = read(Benchmarks.BENCH_SIZES)[: 2 if QUICK else None]
    SERVER: Final = read(Tests.TEST_DATABASE_URL)
# The largest file that the contenders import; beyond, it is minutes for each.
LARGEST_FOR_PEERS: Final = 100_000
# For everything that is written; files that are made once stay there.
FOLDER: Final = PROJECT / read(Tools.RUN_DIR) / "bench"
FILES: Final = FOLDER / "files"
RESULTS: Final = FOLDER if QUICK else PROJECT / "benchmarks"
PEERS_PYTHON: Final = str(PROJECT / read(Benchmarks.BENCH_PEERS_PYTHON))


def sizes_of_turn(turn: int) -> list[int]:
    """The largest files have the first turn only."""
    return [size for size in SIZES if size < HUGE or not turn]
