"""The fastest pipeline that checks nothing: fastexcel or polars reads whole columns, COPY takes polars' CSV of them.

It compares with no product, keeps no checkpoint, explains no row, and takes codes of digits for numbers. Like the limit
it loads an equal table that refers to nothing. Runs in the contenders' environment.
"""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path

import fastexcel
import polars
import psycopg

from benchmarks.databases import Database
from benchmarks.files import ADDED, FORMATS, Recipe
from benchmarks.measured import Measurement

TABLE = "bench_limit"
# fastexcel has all numbers of a workbook as floats; COPY takes no ``5.0`` for an integer.
INTEGERS = ("tiempo_entrega_dias", "stock_minimo", "stock_critico")


def measure(url: str, *sizes: str) -> None:
    database = Database(url)
    for rows in map(int, sizes):
        for file_format in FORMATS:
            recipe = Recipe(rows, file_format)
            path = recipe.made()
            database.execute(f"CREATE TABLE {TABLE} (LIKE catalog_product INCLUDING ALL)", "CHECKPOINT")
            began = time.perf_counter()
            load(path, url)
            seconds = time.perf_counter() - began
            if database.execute(f"SELECT count(*) FROM {TABLE}") != [(rows,)]:
                raise AssertionError(f"{recipe}: not every row has landed")
            database.execute(f"DROP TABLE {TABLE}")
            Measurement("fastest", file_format, "fresh", rows, seconds).keep()


def load(path: Path, url: str) -> None:
    frame = polars.read_csv(path) if path.suffix == ".csv" else fastexcel.read_excel(path).load_sheet(0).to_polars()
    added = {name: polars.lit(value) for name, value in ADDED.items()}
    frame = frame.rename({"categoria": "categoria_id"}).with_columns(polars.col(*INTEGERS).cast(polars.Int64), **added)
    content = BytesIO()
    frame.write_csv(content)
    statement = f"COPY {TABLE} ({', '.join(frame.columns)}) FROM STDIN (FORMAT csv, HEADER)"
    with psycopg.connect(url) as connection, connection.cursor().copy(statement) as copy:
        copy.write(content.getbuffer())
