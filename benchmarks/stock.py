"""`make bench-stock`: a file of stock in warehouses, beside its own limit, on PostgreSQL. Part of `make bench`, too.

The limit is calamine, then COPY of ready rows into an equal table: the same constraints, foreign keys and indexes.
While the sheet is not declared, that is said and nothing is measured.
"""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterator
from typing import Any, Final

from benchmarks.databases import Database
from benchmarks.files import BOOKKEEPING, EDITION, once, ready_rows, write_ready, write_workbook
from benchmarks.measured import Measurement, Measurements, ratio, shown, table
from benchmarks.options import FILES, number

SHEET: Final = "existencias"
ROWS: Final = number("STOCK_ROWS", 100_000)
PRODUCTS, WAREHOUSES = 20_000, 5
COLUMNS: Final = ("producto_id", "bodega", "lote", "cantidad", "fecha_vencimiento", "condiciones")
FIELDS: Final = ("producto_id", "bodega_id", *COLUMNS[2:], *BOOKKEEPING)
TABLE: Final = "catalog_stocklot"
FILE: Final = f"{EDITION}-{SHEET}-{ROWS}.xlsx"
FOREIGN_KEYS: Final = (
    f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{TABLE}'::regclass AND contype = 'f'"
)


def values(n: int) -> tuple[Any, ...]:
    """Row `n`, in the order of `COLUMNS`: each lot of a product in one warehouse, and every product in all of them."""
    product, warehouse = n % PRODUCTS + 1, n // PRODUCTS % WAREHOUSES + 1
    expires = datetime.date(2027 + n % 5, n % 12 + 1, n % 28 + 1)
    return f"P{product:08d}", f"BODEGA-{warehouse}", f"L{n:08d}", n % 5000, expires, "Lugar seco, 15–30 °C"


def prepare(database: Database) -> None:
    """The products and warehouses that the rows refer to, and no stock."""
    database.reset()
    database.copy(ready_rows(PRODUCTS))
    rows = ", ".join(f"('BODEGA-{n}', 'x', 'CO', '', '', 'PRINCIPAL')" for n in range(1, WAREHOUSES + 1))
    columns = "codigo, nombre, pais, ciudad, direccion, tipo"
    database.execute(f"INSERT INTO catalog_warehouse ({columns}) VALUES {rows} ON CONFLICT DO NOTHING")
    database.execute("ANALYZE catalog_product")


def measure_job(url: str, port: str, token: str) -> None:
    """Within Django, beside a system that runs: a fresh file, POST to completed."""
    from django.urls import get_resolver

    from benchmarks.client import Client
    from bulk_upload.imports import registry

    address = next((path for name, path in addresses(get_resolver(), "/") if name == SHEET), None)
    if SHEET not in registry.imports or not address:
        print(f"The sheet “{SHEET}” is not declared, or is sent to no address: its job is skipped.")
        return
    head = registry.get(SHEET).sheet.names
    # A column that has no value here stays blank.
    rows = ([dict(zip(COLUMNS, values(n), strict=True)).get(name) for name in head] for n in range(ROWS))
    path = once(FILE, lambda path: write_workbook(path, head, rows))
    database, client = Database(url), Client(int(port), token)
    prepare(database)
    database.settle()
    job = client.wait(client.send(path, to=address))
    if database.execute(f"SELECT count(*), count(DISTINCT lote) FROM {TABLE}") != [(ROWS, ROWS)]:
        raise AssertionError(f"not every row has landed: {job.counts}")
    Measurement("stock job", "xlsx", "fresh", ROWS, job.seconds).keep()


def addresses(resolver: Any, before: str) -> Iterator[tuple[str, str]]:
    """The names of the sheets that are sent to an address of their own, each with it."""
    for pattern in resolver.url_patterns:
        path = before + re.sub(r"\(\?:|\)|[\^$]|\\Z|/\?", "", str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, path)
        elif name := getattr(pattern.callback, "view_initkwargs", {}).get("sheet_name"):
            yield name, path


def measure_limit(url: str) -> None:
    """Of the file that the job has sent."""
    from benchmarks.parts import read_workbook

    database, path = Database(url), FILES / FILE
    lots = ([*values(n), *BOOKKEEPING.values()] for n in range(ROWS))
    ready = once(f"{EDITION}-{SHEET}-{ROWS}.copy", lambda path: write_ready(path, lots))
    prepare(database)
    keys = [f"ALTER TABLE bench_limit ADD {definition}" for (definition,) in database.execute(FOREIGN_KEYS)]
    database.execute(f"CREATE TABLE bench_limit (LIKE {TABLE} INCLUDING ALL)", *keys)
    began = time.perf_counter()
    read_workbook(path)
    reading = time.perf_counter() - began
    seconds = reading + database.copy(ready, "bench_limit", FIELDS)
    database.execute("DROP TABLE bench_limit")
    Measurement("stock limit", "xlsx", "fresh", ROWS, seconds).keep()


def report(found: Measurements) -> str:
    """Empty while nothing was measured."""
    job, limit = (found.median(what, ROWS) for what in ("stock job", "stock limit"))
    if not job:
        return ""
    rows = [["limit", shown(limit, "s"), "1.00 ×"], ["job", shown(job, "s"), shown(ratio(job, limit), "×")]]
    return table([f"{SHEET}, fresh xlsx, {ROWS:,} rows, PostgreSQL", "seconds", "× limit"], rows)
