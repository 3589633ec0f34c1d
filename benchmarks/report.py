"""Measurements → the tables of benchmarks/RESULTS.md: the promises, all times, and what the jobs used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.jobs import SMALL_ROWS
from benchmarks.measured import Measurements, ratio, shown, table
from benchmarks.options import HUGE

# The size that the promises are about.
ROWS: Final = 100_000
# What is promised, on which side of which number it must be, what was measured, and in which unit.
Promise = tuple[str, str, float, float | None, str]
# Format, variant and database.
Kind = tuple[str, str, str]
NAMES: Final = {
    "limit": "the limit: calamine or csv.reader alone, then COPY",
    "fastest": "polars, fastexcel and COPY, which check nothing",
    "job": "**MediSupply**, POST to completed",
    "import-export": "django-import-export, `use_bulk`",
    "import-export tuned": "the same with `CachedInstanceLoader` and `skip_diff`",
    "pandas": 'pandas, `to_sql(method="multi")`',
    "update_or_create": "`update_or_create`, row by row, one transaction",
    "fastest reading": "reading alone, as fast as it goes",
    "reading": "reading as the import does (child process, all checks)",
    "reading and validating": "the same, and every cell through its rule",
    "loading": "COPY of ready rows into an equal table",
    "loading with references": "the same into the product table, which checks its references",
    "writer COPY": "file to products, written by COPY",
    "writer ORM": "the same by the ORM",
}
USED: Final = {
    "accepted": "POST until answered",
    "importing": "claim to completed",
    "worker_cpu": "CPU of worker and reader",
    "database_cpu": "CPU of PostgreSQL",
    "worker_mib": "memory of the worker",
    "child_mib": "memory of the reader",
}


def promises(found: Measurements) -> Iterator[Promise]:
    """All of them. Files are of 100,000 rows, the database is PostgreSQL, unless they say otherwise."""
    median = found.median

    def most(name: str, rows: int) -> float | None:
        """MB; the most that any run of this size took, of both formats, fresh or not."""
        seen = [one.more[name] for one in found if (one.rows, one.what, one.database) == (rows, "job", "postgresql")]
        return max(seen) * 1024**2 / 1e6 if seen else None

    job, limit = median("job", ROWS), median("limit", ROWS)
    fastest, unchanged = median("fastest", ROWS), median("job", ROWS, "xlsx", "unchanged")
    csv_job, fastest_csv = median("job", ROWS, "csv"), median("fastest", ROWS, "csv")
    yield "fresh xlsx, beside the limit", "≤", 0.9, ratio(job, limit), "×"
    yield "fresh xlsx, beside polars and COPY", "≤", 1.1, ratio(job, fastest), "×"
    yield "unchanged xlsx, beside polars and COPY", "≤", 0.9, ratio(unchanged, fastest), "×"
    yield "fresh csv, beside polars and COPY", "≤", 1.5, ratio(csv_job, fastest_csv), "×"
    yield "fresh xlsx, faster than import-export", "≥", 15, ratio(median("import-export", ROWS), job), "×"
    yield "fresh xlsx, faster than pandas", "≥", 10, ratio(median("pandas", ROWS), job), "×"
    largest = max(found.sizes("update_or_create"), default=0)
    by_row = ratio(ratio(median("update_or_create", largest), largest), ratio(job, ROWS))
    yield "fresh xlsx, faster than update_or_create (per row)", "≥", 25, by_row, "×"
    yield "unchanged xlsx, beside the limit", "≤", 1.5, ratio(unchanged, limit), "×"
    yield "fresh csv, beside the limit", "≤", 2.5, ratio(csv_job, median("limit", ROWS, "csv")), "×"
    stock = ratio(median("stock job", ROWS), median("stock limit", ROWS))
    yield "fresh stock in warehouses, xlsx, beside its limit", "≤", 1.7, stock, "×"
    small = median("idle", SMALL_ROWS)
    yield f"{SMALL_ROWS}-row xlsx on an idle system", "≤", 400, small and small * 1000, "ms"
    for rows, at, reader in ((ROWS, "", 200), (HUGE, ", 1,000,000 rows", 500)):
        yield f"memory of the worker{at}", "≤", 150, most("worker_mib", rows), "MB"
        yield f"memory of the reader{at}", "≤", reader, most("child_mib", rows), "MB"
    rate = ratio(ratio(job, ROWS), ratio(median("job", HUGE), HUGE))
    yield "rate at 1,000,000 rows, of that at 100,000", "≥", 0.95, rate, "×"


def promises_table(found: Measurements) -> str:
    def line(text: str, side: str, target: float, measured: float | None, unit: str) -> list[str]:
        verdict = "not measured"
        if measured is not None:
            verdict = "met" if (measured <= target if side == "≤" else measured >= target) else "**missed**"
        return [text, f"{side} {shown(target, unit)}", shown(measured, unit), verdict]

    return table(["promise", "target", "measured", ""], [line(*promise) for promise in promises(found)])


def times_table(found: Measurements) -> str:
    """Everything that was measured: seconds, rows per second, and how many times the limit of the same format."""
    sizes = found.sizes("job")

    def cell(what: str, kind: Kind, rows: int) -> str:
        seconds = found.median(what, rows, *kind[:2], database=kind[2])
        limit = found.median("limit", rows, kind[0]) if kind[2] == "postgresql" else None
        if not seconds:
            return "–"
        return f"{seconds:.2f} s, {rows / seconds:,.0f}" + (f", {seconds / limit:.2f} ×" if limit else "")

    measured = dict.fromkeys((one.what, (one.format, one.variant, one.database)) for one in found)
    lines = [
        [f"{label} · {' '.join(kind)}", *(cell(name, kind, rows) for rows in sizes)]
        for name, label in NAMES.items()
        for what, kind in sorted(measured, key=lambda each: each[1][2])
        if what == name
    ]
    return table(["seconds, rows/s, × limit", *(f"{rows:,} rows" for rows in sizes)], lines)


def used_table(found: Measurements) -> str:
    """What the jobs took of the machine on PostgreSQL, and their parts."""
    jobs = dict.fromkeys((one.rows, one.format, one.variant) for one in found if one.what == "job")
    units = {name: "MiB" if name.endswith("mib") else "s" for name in USED}
    lines = [
        [
            f"{file_format} {variant}, {rows:,}",
            *(shown(found.median("job", rows, file_format, variant, name=name), unit) for name, unit in units.items()),
        ]
        for rows, file_format, variant in sorted(jobs, key=lambda job: job[0])
    ]
    return table(["whole jobs, PostgreSQL", *USED.values()], lines)
