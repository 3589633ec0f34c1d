"""What a year's nights came to: a line for each month, and the last quarter beside the one before it."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.measured import table
from benchmarks.tables import Size

MB: Final = 1e6
DAYS, MONTHS = 365, 12
LARGEST_GROWTH: Final = 0.10
# Tables that are smaller have no line of their own.
SHOWN_MB: Final = 0.2
HEAD: Final = (
    *("month", "uploads", "row errors", "row changes", "stored files", "tables, MB", "indexes, MB", "dead rows, most"),
    *("status, median", "status, 99 %", "list in the admin", "a purge", "removed: uploads · files · errors · changes"),
)
REMOVED: Final = ("cargas", "archivos originales", "errores y advertencias de filas", "cambios de filas")
# The tables of the rows that are counted each month.
COUNTED: Final = ("bulk_upload_bulkupload", "bulk_upload_rowerror", "bulk_upload_rowchange")


@dataclass(frozen=True)
class Night:
    """The system after the purge of one night; milliseconds of each answer. `kept` is counted at a month's end.

    `health` are answers that need nothing that is stored: how fast the machine was.
    """

    day: int
    sizes: Mapping[str, Size]
    dead: int
    status: Sequence[float]
    pages: Sequence[float]
    health: Sequence[float]
    purge_seconds: float
    removed: Counter[str]
    kept: Sequence[int] = ()


@dataclass(frozen=True)
class Measure:
    """Of some nights. A larger value by less than `noise` is not growth, as a page more of a small table.

    What takes time is compared beside `machine`, which also did in those nights.
    """

    value: float
    unit: str
    noise: float
    machine: float = 1.0

    def __str__(self) -> str:
        return f"{self.value:,.{0 if self.unit == 'rows' else 2}f} {self.unit}"

    def expected(self, before: Measure) -> float:
        return before.value * self.machine / before.machine

    def is_growth(self, before: Measure) -> bool:
        expected = self.expected(before)
        return self.value - expected > max(self.noise, expected * LARGEST_GROWTH)


@dataclass
class Year:
    nights: list[Night] = field(default_factory=list)

    def line(self, number: int) -> list[str]:
        nights = [night for night in self.nights if month(night.day) == number]
        found, total = measures(nights), nights[-1].sizes.values()
        gone = sum((night.removed for night in nights), Counter[str]())
        return [
            str(number),
            *(f"{count:,}" for count in nights[-1].kept),
            f"{sum(size.table for size in total) / MB:.1f}",
            f"{sum(size.indexes for size in total) / MB:.1f}",
            *(str(found[name]) for name in ("dead rows", "status", "status, 99 %", "list in the admin", "purge")),
            " · ".join(f"{gone[kind]:,}" for kind in REMOVED),
        ]

    def months(self) -> str:
        return table(HEAD, (self.line(number) for number in range(1, MONTHS + 1)))

    def quarters(self) -> tuple[dict[str, Measure], dict[str, Measure]]:
        """The third, which begins when all has come to its age, and the last one."""
        third, last = (
            [night for night in self.nights if month(night.day) in range(first, first + 3)] for first in (7, 10)
        )
        return measures(third), measures(last)

    def ratios(self) -> str:
        before, after = self.quarters()
        lines = (
            [name, str(before[name]), str(one), f"{one.value / one.expected(before[name]):.2f} ×"]
            for name, one in after.items()
            if one.unit != "MB" or one.value > SHOWN_MB
        )
        head = (
            "of all nights; of dead rows the most",
            "third quarter",
            "last quarter",
            "ratio, of times beside /health",
        )
        return table(head, lines)

    def grown(self) -> list[str]:
        before, after = self.quarters()
        return [
            f"{name} grew from {before[name]} to {one}" for name, one in after.items() if one.is_growth(before[name])
        ]

    def rows_take(self) -> str:
        last = self.nights[-1]
        lines = (
            [name, *(f"{part / count:,.0f}" for part in (last.sizes[name].table, last.sizes[name].indexes))]
            for name, count in zip(COUNTED, last.kept, strict=False)
        )
        return table(("bytes of a row at the end, with the space that is free", "table", "indexes"), lines)


def month(day: int) -> int:
    return (day - 1) * MONTHS // DAYS + 1


def measures(nights: Sequence[Night]) -> dict[str, Measure]:
    status, pages, health = (
        sorted(ms for night in nights for ms in getattr(night, name)) for name in ("status", "pages", "health")
    )
    machine = statistics.median(health)
    return dict(_sizes(nights)) | {
        "dead rows": Measure(max(night.dead for night in nights), "rows", 1_000),
        "status": Measure(statistics.median(status), "ms", 2, machine),
        "status, 99 %": Measure(status[int(len(status) * 0.99)], "ms", 10, machine),
        "list in the admin": Measure(statistics.median(pages), "ms", 5, machine),
        "purge": Measure(statistics.mean(night.purge_seconds for night in nights), "s", 0.05, machine),
    }


def _sizes(nights: Sequence[Night]) -> Iterator[tuple[str, Measure]]:
    for name in nights[-1].sizes:
        for part in ("table", "indexes"):
            mean = statistics.mean(getattr(night.sizes[name], part) for night in nights)
            yield f"{name}, {part}", Measure(mean / MB, "MB", 0.5)
