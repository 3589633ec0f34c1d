"""A file of stock in warehouses, beside its own limit, on PostgreSQL: part of `make bench`.

The limit is calamine, then COPY of ready rows into an equal table: the same constraints and indexes, and the foreign
keys that Django declares, in place of the triggers of `catalog/migrations/0015…`.
"""

from __future__ import annotations

import datetime
import time
from typing import Any, Final

from python_calamine import CalamineWorkbook

from benchmarks.databases import Database, on_postgresql
from benchmarks.files import BOOKKEEPING, EDITION, once, ready_rows, write_ready, write_workbook
from benchmarks.measured import Measurement
from benchmarks.options import FILES, RUNS
from benchmarks.system import System, running
from catalog.sheets.stock import STOCK

ROWS: Final = 100_000
PRODUCTS, WAREHOUSES = 20_000, 5
COLUMNS: Final = ("producto_id", "bodega", "lote", "cantidad", "fecha_vencimiento", "condiciones")
FIELDS: Final = ("producto_id", "bodega_id", *COLUMNS[2:], *BOOKKEEPING)
TABLE: Final = "catalog_stocklot"
NAME: Final = f"{EDITION}-{STOCK.name}-{ROWS}"
ADDRESS: Final = "/api/v1/inventory/bulk-upload"
FOREIGN_KEYS: Final = tuple(
    f"ALTER TABLE bench_limit ADD FOREIGN KEY ({field}) REFERENCES {table} DEFERRABLE INITIALLY DEFERRED"
    for field, table in (("producto_id", "catalog_product"), ("bodega_id", "catalog_warehouse"))
)


def values(n: int) -> tuple[Any, ...]:
    """Row `n`, in the order of `COLUMNS`: each lot of a product in one warehouse, and every product in all of them."""
    product, warehouse = n % PRODUCTS + 1, n // PRODUCTS % WAREHOUSES + 1
    expires = datetime.date(2027 + n % 5, n % 12 + 1, n % 28 + 1)
    return f"P{product:08d}", f"BODEGA-{warehouse}", f"L{n:08d}", n % 5000, expires, "Lugar seco, 15–30 °C"


def only_stock() -> None:
    with on_postgresql() as database:
        for _ in range(RUNS):
            a_turn(database)


def a_turn(database: Database) -> None:
    """The job, and its limit when the system has stopped."""
    with running(database) as system:
        measure_job(system)
    measure_limit(database)


def prepare(database: Database) -> None:
    """The products and warehouses that the rows refer to, and no stock."""
    database.reset()
    database.copy(ready_rows(PRODUCTS))
    rows = ", ".join(f"('BODEGA-{n}', 'x', 'CO', '', '', 'PRINCIPAL')" for n in range(1, WAREHOUSES + 1))
    columns = "codigo, nombre, pais, ciudad, direccion, tipo"
    database.execute(f"INSERT INTO catalog_warehouse ({columns}) VALUES {rows} ON CONFLICT DO NOTHING")
    database.execute("ANALYZE catalog_product")


def measure_job(system: System) -> None:
    """A fresh file, POST to completed."""
    # A column that has no value here stays blank.
    rows = ([dict(zip(COLUMNS, values(n), strict=True)).get(name) for name in STOCK.names] for n in range(ROWS))
    path = once(f"{NAME}.xlsx", lambda path: write_workbook(path, STOCK.names, rows))
    database, client = system.database, system.client()
    prepare(database)
    database.settle()
    job = client.wait(client.send(path, to=ADDRESS))
    if database.execute(f"SELECT count(*), count(DISTINCT lote) FROM {TABLE}") != [(ROWS, ROWS)]:
        raise AssertionError(f"not every row has landed: {job.counts}")
    Measurement("stock job", "xlsx", "fresh", ROWS, job.seconds).keep()


def measure_limit(database: Database) -> None:
    """Of the file that the job has sent."""
    lots = ([*values(n), *BOOKKEEPING.values()] for n in range(ROWS))
    ready = once(f"{NAME}.copy", lambda path: write_ready(path, lots))
    prepare(database)
    database.execute(f"CREATE TABLE bench_limit (LIKE {TABLE} INCLUDING ALL)", *FOREIGN_KEYS)
    began = time.perf_counter()
    sum(1 for _ in CalamineWorkbook.from_path(str(FILES / f"{NAME}.xlsx")).get_sheet_by_index(0).iter_rows())
    reading = time.perf_counter() - began
    seconds = reading + database.copy(ready, "bench_limit", FIELDS)
    database.execute("DROP TABLE bench_limit")
    Measurement("stock limit", "xlsx", "fresh", ROWS, seconds).keep()
