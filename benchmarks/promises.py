"""What was promised of the speed, and whether it was kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.jobs_plan import SMALL_ROWS
from benchmarks.measured import Measurements
from benchmarks.options import HUGE

ROWS = 100_000


class Promise(NamedTuple):
    """`measured` is `None` when the run did not measure it. `at_most` says on which side of `target` it must be."""

    text: str
    target: float
    measured: float | None
    unit: str = "×"
    at_most: bool = True

    @property
    def kept(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured <= self.target if self.at_most else self.measured >= self.target


def promises(found: Measurements) -> Iterator[Promise]:
    """All of them. Files are of 100,000 rows, the database is PostgreSQL, unless they say otherwise."""
    limit, csv_limit = (found.seconds("limit", name, "fresh", ROWS) for name in ("xlsx", "csv"))
    fresh = found.seconds("job", "xlsx", "fresh", ROWS)
    yield Promise("fresh xlsx, beside the limit", 1.7, _ratio(fresh, limit))
    for peer, target in (("import-export", 15), ("pandas", 10)):
        slower = _ratio(found.seconds(peer, "xlsx", "fresh", ROWS), fresh)
        yield Promise(f"fresh xlsx, faster than {peer}", target, slower, at_most=False)
    by_row = _per_row(found, "update_or_create")
    slower = _ratio(by_row, fresh / ROWS if fresh else None)
    yield Promise("fresh xlsx, faster than update_or_create (per row)", 25, slower, at_most=False)
    yield Promise(
        "unchanged xlsx, beside the limit", 1.5, _ratio(found.seconds("job", "xlsx", "unchanged", ROWS), limit)
    )
    yield Promise("fresh csv, beside the limit", 2.5, _ratio(found.seconds("job", "csv", "fresh", ROWS), csv_limit))
    small = found.seconds("idle", "xlsx", "fresh", SMALL_ROWS)
    yield Promise(f"{SMALL_ROWS}-row xlsx on an idle system", 400, small and small * 1000, "ms")
    yield Promise("memory of the worker", 150, _most(found, "worker_mib", ROWS), "MB")
    yield Promise("memory of the reader", 200, _most(found, "child_mib", ROWS), "MB")
    yield Promise("memory of the worker, 1,000,000 rows", 150, _most(found, "worker_mib", HUGE), "MB")
    yield Promise("memory of the reader, 1,000,000 rows", 1300, _most(found, "child_mib", HUGE), "MB")
    huge = ("job", "xlsx", "fresh", HUGE)
    rate = _ratio(fresh and fresh / ROWS, _over(found.seconds(*huge), HUGE))
    yield Promise("rate at 1,000,000 rows, of that at 100,000", 0.85, rate, "×", at_most=False)


def _most(found: Measurements, name: str, rows: int) -> float | None:
    """The most that any run of this size took, of both formats, fresh or not, in MB."""
    seen = [one.more[name] for one in found if one.rows == rows and one.what == "job" and one.database == "postgresql"]
    return max(seen) * 1024**2 / 1e6 if seen else None


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def _over(seconds: float | None, rows: int) -> float | None:
    return seconds / rows if seconds else None


def _per_row(found: Measurements, what: str) -> float | None:
    """Seconds per row at the largest size that was measured."""
    sizes = [rows for rows in found.sizes() if found.seconds(what, "xlsx", "fresh", rows)]
    return _over(found.seconds(what, "xlsx", "fresh", sizes[-1]), sizes[-1]) if sizes else None
