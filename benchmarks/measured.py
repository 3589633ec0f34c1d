"""Measurements as values, and the line-by-line file that all measuring processes of a command add them to."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from benchmarks.options import FOLDER

# A command removes it when it begins.
LINES: Final = FOLDER / "measurements.jsonl"


@dataclass(frozen=True)
class Measurement:
    """One run of `what` over a file, in seconds; `more` holds bytes, MiB and part times by name."""

    what: str
    format: str
    variant: str
    rows: int
    seconds: float
    database: str = "postgresql"
    more: dict[str, float] = field(default_factory=dict)

    def keep(self) -> None:
        """Add it to the file, and say it."""
        with LINES.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(self)) + "\n")
        name = f"{self.what} · {self.database} · {self.format} {self.variant}"
        print(f"  {name:<52} {self.rows:>9,} rows {self.seconds:8.2f} s", flush=True)


class Measurements(list[Measurement]):
    """All measurements of a command."""

    def __init__(self) -> None:
        lines = LINES.read_text("utf-8").splitlines() if LINES.exists() else []
        super().__init__(Measurement(**json.loads(line)) for line in lines)

    def median(
        self,
        what: str,
        rows: int,
        file_format: str = "xlsx",
        variant: str = "fresh",
        *,
        database: str = "postgresql",
        name: str = "seconds",
    ) -> float | None:
        """Of the seconds, or of one of `more`'s values; `None` when nothing such was measured."""
        wanted = (what, rows, file_format, variant, database)
        found = [
            one.more[name] if one.more and name != "seconds" else one.seconds
            for one in self
            if (one.what, one.rows, one.format, one.variant, one.database) == wanted
        ]
        return statistics.median(found) if found else None

    def sizes(self, what: str) -> list[int]:
        """Those at which it was measured, of fresh workbooks on PostgreSQL."""
        return sorted({one.rows for one in self if self.median(what, one.rows)})


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In Markdown; all columns but the first are numbers."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def shown(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f} {unit}" if unit in ("ms", "MB", "MiB") else f"{value:,.2f} {unit}"
