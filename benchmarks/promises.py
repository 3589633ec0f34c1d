"""What was promised of the speed, and whether it was kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.jobs import SMALL_ROWS
from benchmarks.measured import Measurements, shown, table
from benchmarks.options import HUGE

ROWS = 100_000


class Promise(NamedTuple):
    """`measured` is `None` when the run did not measure it. `side` says where of `target` it must be."""

    text: str
    side: str
    target: float
    measured: float | None
    unit: str = "×"

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        kept = self.measured <= self.target if self.side == "≤" else self.measured >= self.target
        return "met" if kept else "**missed**"


def promises(found: Measurements) -> Iterator[Promise]:
    """All of them. Files are of 100,000 rows, the database is PostgreSQL, unless they say otherwise."""

    def xlsx(what: str, variant: str = "fresh", rows: int = ROWS) -> float | None:
        return found.seconds(what, "xlsx", variant, rows)

    def per_row(what: str, rows: int) -> float | None:
        return ratio(xlsx(what, rows=rows), rows)

    def most(name: str, rows: int) -> float | None:
        """MB; the most that any run of this size took, of both formats, fresh or not."""
        seen = [one.more[name] for one in found if (one.rows, one.what, one.database) == (rows, "job", "postgresql")]
        return max(seen) * 1024**2 / 1e6 if seen else None

    job, limit = xlsx("job"), xlsx("limit")
    csv = ratio(found.seconds("job", "csv", "fresh", ROWS), found.seconds("limit", "csv", "fresh", ROWS))
    by_row = per_row("update_or_create", max(found.sizes("update_or_create"), default=0))
    small = xlsx("idle", rows=SMALL_ROWS)
    yield Promise("fresh xlsx, beside the limit", "≤", 1.7, ratio(job, limit))
    yield Promise("fresh xlsx, faster than import-export", "≥", 15, ratio(xlsx("import-export"), job))
    yield Promise("fresh xlsx, faster than pandas", "≥", 10, ratio(xlsx("pandas"), job))
    slower = ratio(by_row, per_row("job", ROWS))
    yield Promise("fresh xlsx, faster than update_or_create (per row)", "≥", 25, slower)
    yield Promise("unchanged xlsx, beside the limit", "≤", 1.5, ratio(xlsx("job", "unchanged"), limit))
    yield Promise("fresh csv, beside the limit", "≤", 2.5, csv)
    yield Promise(f"{SMALL_ROWS}-row xlsx on an idle system", "≤", 400, small and small * 1000, "ms")
    for rows, at, reader in ((ROWS, "", 200), (HUGE, ", 1,000,000 rows", 1300)):
        yield Promise(f"memory of the worker{at}", "≤", 150, most("worker_mib", rows), "MB")
        yield Promise(f"memory of the reader{at}", "≤", reader, most("child_mib", rows), "MB")
    rate = ratio(per_row("job", ROWS), per_row("job", HUGE))
    yield Promise("rate at 1,000,000 rows, of that at 100,000", "≥", 0.85, rate)


def ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def promises_table(found: Measurements) -> str:
    lines = (
        [one.text, f"{one.side} {shown(one.target, one.unit)}", shown(one.measured, one.unit), one.verdict]
        for one in promises(found)
    )
    return table(["promise", "target", "measured", ""], lines)
