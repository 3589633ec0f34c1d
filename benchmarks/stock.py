"""`make bench-stock`: a file of stock in warehouses, beside its own limit, on PostgreSQL. Part of `make bench`, too.

The limit is calamine, then COPY of ready rows into an equal table: the same constraints, foreign keys and indexes.
While the sheet is not declared, that is said and nothing is measured.
"""

from __future__ import annotations

import datetime
import json
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineWorkbook

from benchmarks.databases import Database, on_postgresql
from benchmarks.files import BOOKKEEPING, EDITION, once, ready_rows, write_ready, write_workbook
from benchmarks.in_django import command
from benchmarks.measured import Measurement, Measurements, lines, median, shown, table
from benchmarks.options import Options, begin, number
from benchmarks.stack import Stack, environment, running

SHEET: Final = "existencias"
ROWS: Final = number("STOCK_ROWS", 100_000)
PRODUCTS, WAREHOUSES = 20_000, 5
SKIPPED: Final = f"The sheet “{SHEET}” is not declared: its job is skipped."
COLUMNS: Final = ("producto_id", "bodega", "lote", "cantidad", "fecha_vencimiento", "condiciones")
FIELDS: Final = ("producto_id", "bodega_id", "lote", "cantidad", "fecha_vencimiento", "condiciones")
TABLE: Final = "catalog_stocklot"
EMPTY: Final = (f"TRUNCATE {TABLE}, bulk_upload_bulkupload CASCADE", "CHECKPOINT")
FOREIGN_KEYS: Final = (
    f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{TABLE}'::regclass AND contype = 'f'"
)


def values(n: int) -> tuple[Any, ...]:
    """Row `n`, in the order of `FIELDS`: each lot of a product in one warehouse, and every product in all of them."""
    product, warehouse = n % PRODUCTS + 1, n // PRODUCTS % WAREHOUSES + 1
    expires = datetime.date(2027 + n % 5, n % 12 + 1, n % 28 + 1)
    return f"P{product:08d}", f"BODEGA-{warehouse}", f"L{n:08d}", n % 5000, expires, "Lugar seco, 15–30 °C"


def file(folder: Path, columns: list[str]) -> Path:
    """The workbook, with the columns of the declared sheet; one that `COLUMNS` has no value for stays blank."""
    rows = (dict(zip(COLUMNS, values(n), strict=True)) for n in range(ROWS))
    cells = ([row.get(name) for name in columns] for row in rows)
    return once(folder / f"{EDITION}-{SHEET}-{ROWS}.xlsx", lambda path: write_workbook(path, columns, cells))


def declared(database: Database, options: Options) -> dict[str, Any] | None:
    """Where the sheet is sent to, and its columns."""
    env = environment(database, options.folder)
    answer: dict[str, Any] | None = json.loads(subprocess.check_output(command("sheets", SHEET), env=env))
    return answer


def prepare(database: Database, options: Options) -> None:
    """The products and warehouses that the rows refer to."""
    database.reset()
    database.load_products(ready_rows(options.files, PRODUCTS))
    rows = ", ".join(f"('BODEGA-{n}', 'x', 'CO', '', '', 'PRINCIPAL')" for n in range(1, WAREHOUSES + 1))
    columns = "codigo, nombre, pais, ciudad, direccion, tipo"
    database.execute(f"INSERT INTO catalog_warehouse ({columns}) VALUES {rows} ON CONFLICT DO NOTHING")
    database.execute("ANALYZE catalog_product")


def job(stack: Stack, options: Options, sheet: Mapping[str, Any]) -> None:
    """A fresh file, POST to completed."""
    path, client = file(options.files, sheet["columns"]), stack.client()
    prepare(stack.database, options)
    stack.database.settle()
    stack.database.execute(*EMPTY)
    done = client.wait(client.send(path, to=sheet["address"]))
    if stack.database.execute(f"SELECT count(*), count(DISTINCT lote) FROM {TABLE}") != [(ROWS, ROWS)]:
        raise AssertionError(f"not every row has landed: {done.counts}")
    Measurement("stock job", "postgresql", "xlsx", "fresh", ROWS, done.seconds).keep()


def limit(database: Database, options: Options, sheet: Mapping[str, Any]) -> None:
    path = file(options.files, sheet["columns"])
    lots = ([*values(n), *BOOKKEEPING.values()] for n in range(ROWS))
    ready = once(options.files / f"{EDITION}-{SHEET}-{ROWS}.copy", lambda path: write_ready(path, lots))
    prepare(database, options)
    keys = [f"ALTER TABLE bench_limit ADD {definition}" for (definition,) in database.execute(FOREIGN_KEYS)]
    equal = f"CREATE TABLE bench_limit (LIKE {TABLE} INCLUDING ALL)"
    database.execute(*EMPTY, "DROP TABLE IF EXISTS bench_limit", equal, *keys, "CHECKPOINT")
    began = time.perf_counter()
    rows = sum(1 for _ in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()) - 1
    reading = time.perf_counter() - began
    seconds = reading + database.copy(ready, "bench_limit", [*FIELDS, *BOOKKEEPING])
    if database.execute("SELECT count(*) FROM bench_limit") != [(rows,)]:
        raise AssertionError("not every row was loaded")
    database.execute("DROP TABLE bench_limit")
    Measurement("stock limit", "postgresql", "xlsx", "fresh", rows, seconds).keep()


def report(found: Measurements) -> str:
    times = {what: median(one.seconds for one in found if one.what == what) for what in ("stock limit", "stock job")}
    if not all(times.values()):
        return SKIPPED
    least = times["stock limit"] or 1
    rows = [[what, shown(each, "s"), f"{(each or 0) / least:.2f} ×"] for what, each in times.items()]
    return table([f"{SHEET}, fresh xlsx, {ROWS:,} rows, PostgreSQL", "seconds", "× limit"], rows)


def main() -> None:
    options = begin()
    lines().unlink(missing_ok=True)
    lines().touch()
    with on_postgresql(options.server) as database:
        sheet = declared(database, options)
        for _ in range(options.runs if sheet else 0):
            with running(database, options.folder) as stack:
                job(stack, options, sheet or {})
            limit(database, options, sheet or {})
    print(report(Measurements()))


if __name__ == "__main__":
    main()
