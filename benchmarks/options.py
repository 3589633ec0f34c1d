"""What is measured, how often, and where its files lie: read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from dev.environment import PROJECT
from dev.run_tests import DATABASE_URL

SIZES: Final = (1_000, 20_000, 100_000, 1_000_000)
RUNS: Final = 5
# From this size on a run takes so long that one has to do.
HUGE: Final = 1_000_000
# The largest file that is imported into SQLite, and by the contenders; beyond, it is minutes for each.
LARGEST_ON_SQLITE: Final = 20_000
LARGEST_FOR_PEERS: Final = 100_000


@dataclass(frozen=True)
class Options:
    """`folder` is for everything that is written; files that are made once stay there."""

    sizes: tuple[int, ...]
    runs: int
    folder: Path
    server: str
    # Files and rows of each, for several workers.
    many: tuple[int, int] = (40, 5_000)
    # Whether the results go where everybody reads them; those of a quick look stay in `folder`.
    publishes: bool = True

    @classmethod
    def given(cls, env: Mapping[str, str] = os.environ) -> Self:
        """`BENCH_SIZES` (such as ``1000,20000``), `BENCH_RUNS`, `RUN_DIR`, `TEST_DATABASE_URL`; and `BENCH_QUICK`."""
        quick = env.get("BENCH_QUICK") == "1"
        sizes = env.get("BENCH_SIZES") or ",".join(map(str, SIZES[:2] if quick else SIZES))
        return cls(
            sizes=tuple(int(size) for size in sizes.split(",")),
            runs=int(env.get("BENCH_RUNS") or (1 if quick else RUNS)),
            folder=Path(env.get("RUN_DIR") or PROJECT / "run").absolute() / "bench",
            server=env.get("TEST_DATABASE_URL") or DATABASE_URL,
            many=(8, 1_000) if quick else (40, 5_000),
            publishes=not quick,
        )

    @property
    def results(self) -> Path:
        return PROJECT / "benchmarks" if self.publishes else self.folder

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def sizes_of_turn(self, number: int) -> str:
        """What the measuring processes of one turn are told by `BENCH_SIZES`; the largest file has the first one."""
        return ",".join(str(size) for size in self.sizes if number < self.runs_of(size))

    def runs_of(self, rows: int) -> int:
        return self.runs if rows < HUGE else 1
