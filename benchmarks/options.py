"""What is measured, how often, and where its files lie: read from the environment."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dev.environment import PROJECT
from dev.run_tests import DATABASE_URL

# From this size on a run takes so long that one has to do.
HUGE: Final = 1_000_000
# The largest file that is imported into SQLite, and by the contenders; beyond, it is minutes for each.
LARGEST_ON_SQLITE: Final = 20_000
LARGEST_FOR_PEERS: Final = 100_000


def number(name: str, default: int) -> int:
    """An environment variable as a number."""
    return int(os.environ.get(name) or default)


def _quick() -> bool:
    return os.environ.get("BENCH_QUICK") == "1"


def _sizes() -> tuple[int, ...]:
    default = "1000,20000" if _quick() else "1000,20000,100000,1000000"
    return tuple(int(size) for size in (os.environ.get("BENCH_SIZES") or default).split(","))


@dataclass(frozen=True)
class Options:
    """From `BENCH_QUICK=1`, `BENCH_SIZES` (such as ``1000,20000``), `BENCH_RUNS`, `RUN_DIR`, `TEST_DATABASE_URL`.

    `folder` is for everything that is written; files that are made once stay there. Only results of a run that was
    not quick are published, where everybody reads them.
    """

    quick: bool = field(default_factory=_quick)
    sizes: tuple[int, ...] = field(default_factory=_sizes)
    runs: int = field(default_factory=lambda: number("BENCH_RUNS", 1 if _quick() else 5))
    folder: Path = field(
        default_factory=lambda: Path(os.environ.get("RUN_DIR") or PROJECT / "run").absolute() / "bench"
    )
    server: str = field(default_factory=lambda: os.environ.get("TEST_DATABASE_URL") or DATABASE_URL)

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def results(self) -> Path:
        return self.folder if self.quick else PROJECT / "benchmarks"

    def sizes_of_turn(self, turn: int) -> list[int]:
        """The largest files have the first turn only."""
        return [size for size in self.sizes if size < HUGE or not turn]


def begin() -> Options:
    """At the beginning of a command: its options, and a TERM that leaves through every `finally`."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.chdir(PROJECT)
    options = Options()
    options.files.mkdir(parents=True, exist_ok=True)
    return options
