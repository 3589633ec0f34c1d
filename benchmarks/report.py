"""Measurements → the parts of benchmarks/RESULTS.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from benchmarks.jobs_plan import FORMATS
from benchmarks.measured import Measurements
from benchmarks.promises import Promise, promises

VARIANTS: Final = ("fresh", "unchanged", "changed", "defects")
CONTENDERS: Final = {
    "limit": "(a) the limit: calamine alone, then COPY",
    "job": "**MediSupply**, POST to completed",
    "pandas": '(c) pandas `read_excel`, `to_sql(method="multi")`',
    "import-export": "(b) django-import-export, `use_bulk`",
    "import-export tuned": "(b) the same with `CachedInstanceLoader` and `skip_diff`",
    "update_or_create": "(d) `update_or_create`, row by row, one transaction",
}
STAGES: Final = {
    "fastest reading": "reading alone, as fast as it goes (calamine, csv.reader)",
    "reading": "reading as the import does (child process, all checks)",
    "reading and validating": "the same, and every cell through its rule",
}
LOADING: Final = {
    "loading": "loading ready rows: COPY into an equal table",
    "loading with references": "the same into the product table, which checks its references",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def promises_table(found: Measurements) -> str:
    def line(promise: Promise) -> list[str]:
        side = "≤" if promise.at_most else "≥"
        verdict = {True: "met", False: "**missed**", None: "not measured"}[promise.kept]
        return [
            promise.text,
            f"{side} {_number(promise.target, promise.unit)}",
            _number(promise.measured, promise.unit),
            verdict,
        ]

    return table(["promise", "target", "measured", ""], map(line, promises(found)))


def contenders_table(found: Measurements) -> str:
    """Fresh workbooks on PostgreSQL: seconds, and how many times MediSupply's."""
    sizes = [rows for rows in found.sizes() if found.seconds("job", "xlsx", "fresh", rows)]

    def cell(what: str, rows: int) -> str:
        seconds, ours = (found.seconds(name, "xlsx", "fresh", rows) for name in (what, "job"))
        if not seconds or not ours:
            return "–"
        return f"{seconds:.2f} s ({seconds / ours:.2f} ×)"

    lines = ([label, *(cell(what, rows) for rows in sizes)] for what, label in CONTENDERS.items())
    return table(["fresh xlsx, PostgreSQL", *(f"{rows:,} rows" for rows in sizes)], lines)


def jobs_table(found: Measurements) -> str:
    def lines() -> Iterator[list[str]]:
        for database in ("postgresql", "sqlite"):
            for file_format in FORMATS:
                for rows in found.sizes():
                    cells = [_job(found, file_format, variant, rows, database) for variant in VARIANTS]
                    if cells[0] == "–":
                        continue
                    where = ("job", file_format, "fresh", rows, database)
                    memory = [found.more(name, *where) for name in ("worker_mib", "child_mib")]
                    yield [
                        f"{database}, {file_format}, {rows:,}",
                        *cells,
                        *(_number(one or None, "MiB") for one in memory),
                    ]

    return table(["whole job: seconds, rows/s, × limit", *VARIANTS, "worker", "reader"], lines())


def _job(found: Measurements, file_format: str, variant: str, rows: int, database: str) -> str:
    seconds = found.seconds("job", file_format, variant, rows, database)
    if not seconds:
        return "–"
    limit = found.seconds("limit", file_format, "fresh", rows)
    ratio = f", {seconds / limit:.2f} ×" if limit and database == "postgresql" else ""
    return f"{seconds:.2f} s, {rows / seconds:,.0f}{ratio}"


def stages_table(found: Measurements) -> str:
    """The largest size below a million, for it is what the promises are about."""
    sizes = [rows for rows in found.sizes() if found.seconds("reading", "xlsx", "fresh", rows)]
    rows = max((size for size in sizes if size <= 100_000), default=0)

    def lines() -> Iterator[list[str]]:
        for what, label in STAGES.items():
            yield [label, *(_number(found.seconds(what, name, "fresh", rows), "s") for name in FORMATS)]
        for name, label in (("accepted", "POST until answered"), ("importing", "claim to completed")):
            yield [label, *(_number(found.more(name, "job", each, "fresh", rows), "s") for each in FORMATS)]
        yield ["the rest of the job that reading and validating alone does not explain", *map(rest, FORMATS)]
        for what, label in LOADING.items():
            yield [label, *[_number(found.seconds(what, "ready", "fresh", rows), "s")] * 2]
        for name, label in (("worker_cpu", "CPU of worker and reader"), ("database_cpu", "CPU of PostgreSQL")):
            yield [label, *(_number(found.more(name, "job", each, "fresh", rows), "s") for each in FORMATS)]

    def rest(file_format: str) -> str:
        whole = found.seconds("job", file_format, "fresh", rows)
        known = found.seconds("reading and validating", file_format, "fresh", rows)
        return _number(whole - known if whole and known else None, "s")

    return table([f"stages, {rows:,} rows, fresh, PostgreSQL", *FORMATS], lines())


def writers_table(found: Measurements) -> str:
    """What the writer for PostgreSQL gains over the ORM's, from file to products."""

    def lines() -> Iterator[list[str]]:
        for rows in found.sizes():
            for variant in ("fresh", "changed"):
                seconds = [found.seconds(f"writer {name}", "xlsx", variant, rows) for name in ("COPY", "ORM")]
                if seconds[0] and seconds[1]:
                    gain = f"{seconds[1] / seconds[0]:.2f} ×"
                    yield [f"{variant}, {rows:,}", *(_number(one, "s") for one in seconds), gain]

    return table(["xlsx, file to products, PostgreSQL", "by COPY", "by the ORM", "gain"], lines())


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f} {unit}" if unit in ("ms", "MB", "MiB") else f"{value:,.2f} {unit}"
