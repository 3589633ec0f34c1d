"""Measurements → the tables of benchmarks/RESULTS.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from benchmarks.files import FORMATS, Format
from benchmarks.measured import Measurements, shown, table
from benchmarks.promises import ROWS, ratio

VARIANTS: Final = ("fresh", "unchanged", "changed", "defects")
CONTENDERS: Final = {
    "limit": "(a) the limit: calamine alone, then COPY",
    "job": "**MediSupply**, POST to completed",
    "pandas": '(c) pandas `read_excel`, `to_sql(method="multi")`',
    "import-export": "(b) django-import-export, `use_bulk`",
    "import-export tuned": "(b) the same with `CachedInstanceLoader` and `skip_diff`",
    "update_or_create": "(d) `update_or_create`, row by row, one transaction",
}


def contenders_table(found: Measurements) -> str:
    """Fresh workbooks on PostgreSQL: seconds, and how many times MediSupply's."""
    sizes = found.sizes("job")

    def cell(what: str, rows: int) -> str:
        seconds = found.seconds(what, "xlsx", "fresh", rows)
        return (
            f"{seconds:.2f} s ({ratio(seconds, found.seconds('job', 'xlsx', 'fresh', rows)):.2f} ×)" if seconds else "–"
        )

    lines = ([label, *(cell(what, rows) for rows in sizes)] for what, label in CONTENDERS.items())
    return table(["fresh xlsx, PostgreSQL", *(f"{rows:,} rows" for rows in sizes)], lines)


def jobs_table(found: Measurements) -> str:
    def cell(file_format: Format, variant: str, rows: int, database: str) -> str:
        seconds = found.seconds("job", file_format, variant, rows, database)
        limit = found.seconds("limit", file_format, "fresh", rows) if database == "postgresql" else None
        if not seconds:
            return "–"
        return f"{seconds:.2f} s, {rows / seconds:,.0f}" + (f", {seconds / limit:.2f} ×" if limit else "")

    def lines() -> Iterator[list[str]]:
        for database in ("postgresql", "sqlite"):
            for file_format in FORMATS:
                for rows in found.sizes("job"):
                    where = ("job", file_format, "fresh", rows, database)
                    if found.seconds(*where):
                        cells = (cell(file_format, variant, rows, database) for variant in VARIANTS)
                        memory = (
                            shown(found.more(name, *where) or None, "MiB") for name in ("worker_mib", "child_mib")
                        )
                        yield [f"{database}, {file_format}, {rows:,}", *cells, *memory]

    return table(["whole job: seconds, rows/s, × limit", *VARIANTS, "worker", "reader"], lines())


def stages_table(found: Measurements) -> str:
    """The largest size up to that which the promises are about."""
    rows = max((size for size in found.sizes("reading") if size <= ROWS), default=0)

    def alone(what: str, of: str = "") -> Callable[[Format], float | None]:
        return lambda file_format: found.seconds(what, of or file_format, "fresh", rows)

    def of_job(name: str) -> Callable[[Format], float | None]:
        return lambda file_format: found.more(name, "job", file_format, "fresh", rows)

    def rest(file_format: Format) -> float | None:
        whole, known = (alone(what)(file_format) for what in ("job", "reading and validating"))
        return whole - known if whole and known else None

    stages: dict[str, Callable[[Format], float | None]] = {
        "reading alone, as fast as it goes (calamine, csv.reader)": alone("fastest reading"),
        "reading as the import does (child process, all checks)": alone("reading"),
        "the same, and every cell through its rule": alone("reading and validating"),
        "POST until answered": of_job("accepted"),
        "claim to completed": of_job("importing"),
        "the rest of the job that reading and validating alone does not explain": rest,
        "loading ready rows: COPY into an equal table": alone("loading", "ready"),
        "the same into the product table, which checks its references": alone("loading with references", "ready"),
        "CPU of worker and reader": of_job("worker_cpu"),
        "CPU of PostgreSQL": of_job("database_cpu"),
    }
    lines = ([label, *(shown(value(each), "s") for each in FORMATS)] for label, value in stages.items())
    return table([f"stages, {rows:,} rows, fresh, PostgreSQL", *FORMATS], lines)


def writers_table(found: Measurements) -> str:
    """What the writer for PostgreSQL gains over the ORM's, from file to products."""

    def lines() -> Iterator[list[str]]:
        for rows in found.sizes("writer ORM"):
            for variant in ("fresh", "changed"):
                copy, orm = (found.seconds(f"writer {name}", "xlsx", variant, rows) for name in ("COPY", "ORM"))
                yield [f"{variant}, {rows:,}", shown(copy, "s"), shown(orm, "s"), shown(ratio(orm, copy), "×")]

    return table(["xlsx, file to products, PostgreSQL", "by COPY", "by the ORM", "gain"], lines())
