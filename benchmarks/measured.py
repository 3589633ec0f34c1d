"""Measurements as values, and the line-by-line file that all measuring processes of a command add them to."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from benchmarks.options import Options


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

    def keep(self) -> Self:
        """Add it to the file, and say it."""
        with lines().open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(self)) + "\n")
        name = f"{self.what} · {self.database} · {self.format} {self.variant}"
        print(f"  {name:<52} {self.rows:>9,} rows {self.seconds:8.2f} s", flush=True)
        return self


def lines() -> Path:
    """The file; a command removes it when it begins."""
    return Options().folder / "measurements.jsonl"


class Measurements:
    """All measurements of a run; every answer is a median, or `None` when nothing such was measured."""

    def __init__(self) -> None:
        self._all = [Measurement(**json.loads(line)) for line in lines().read_text("utf-8").splitlines()]

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self._all)

    def _of(self, *wanted: str | int) -> list[Measurement]:
        return [one for one in self._all if (one.what, one.format, one.variant, one.rows, one.database) == wanted]

    def seconds(
        self, what: str, file_format: str, variant: str, rows: int, database: str = "postgresql"
    ) -> float | None:
        return median(one.seconds for one in self._of(what, file_format, variant, rows, database))

    def more(
        self, name: str, what: str, file_format: str, variant: str, rows: int, database: str = "postgresql"
    ) -> float | None:
        """Of one of `more`'s values."""
        found = self._of(what, file_format, variant, rows, database)
        return median(one.more[name] for one in found if name in one.more)

    def sizes(self, what: str) -> list[int]:
        """Those at which it was measured, of fresh workbooks on PostgreSQL."""
        return sorted({one.rows for one in self._all if self.seconds(what, "xlsx", "fresh", one.rows)})


def median(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.median(found) if found else None


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In Markdown; all columns but the first are numbers."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f} {unit}" if unit in ("ms", "MB", "MiB") else f"{value:,.2f} {unit}"
