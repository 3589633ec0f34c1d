"""Measurements as values, and the line-by-line file through which the measuring processes hand them over."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

# Names the file to which a measuring process adds its lines.
VARIABLE: Final = "BENCH_MEASUREMENTS"


@dataclass(frozen=True)
class Measurement:
    """One run of `what` over a file, in seconds; `more` holds bytes, MiB and part times by name."""

    what: str
    database: str
    format: str
    variant: str
    rows: int
    seconds: float
    more: dict[str, float] = field(default_factory=dict)

    def keep(self) -> None:
        """Add it to the file of this process's parent, and say it."""
        with Path(os.environ[VARIABLE]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(self)) + "\n")
        name = f"{self.what} · {self.database} · {self.format} {self.variant}"
        print(f"  {name:<52} {self.rows:>9,} rows {self.seconds:8.2f} s", flush=True)


class Measurements:
    """All measurements of a run; every answer is a median, or `None` when nothing such was measured."""

    def __init__(self, all_of_them: Iterable[Measurement]) -> None:
        self._all = list(all_of_them)

    @classmethod
    def read(cls, path: Path) -> Measurements:
        return cls(Measurement(**json.loads(line)) for line in path.read_text("utf-8").splitlines())

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self._all)

    def of(
        self, what: str, file_format: str, variant: str, rows: int, database: str = "postgresql"
    ) -> list[Measurement]:
        wanted = (what, database, file_format, variant, rows)
        return [one for one in self._all if (one.what, one.database, one.format, one.variant, one.rows) == wanted]

    def seconds(
        self, what: str, file_format: str, variant: str, rows: int, database: str = "postgresql"
    ) -> float | None:
        return _median(one.seconds for one in self.of(what, file_format, variant, rows, database))

    def more(
        self, name: str, what: str, file_format: str, variant: str, rows: int, database: str = "postgresql"
    ) -> float | None:
        """Of one of `more`'s values."""
        found = self.of(what, file_format, variant, rows, database)
        return _median(one.more[name] for one in found if name in one.more)

    def sizes(self) -> list[int]:
        return sorted({one.rows for one in self._all if one.what != "idle"})


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.median(found) if found else None
