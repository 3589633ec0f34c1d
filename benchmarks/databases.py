"""Databases for a benchmark alone: made, dropped whatever happened, and between two runs emptied and left at rest.

Nothing here knows Django: the contenders' environment has none of its applications.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.files import CATEGORIES, COPY_COLUMNS, FIELDS, Recipe
from benchmarks.options import SERVER
from benchmarks.processes import parent
from dev.process_tree import children

NAME: Final = "medisupply_bench"
PIECE: Final = 256 * 1024
# Seconds that a worker may take to make the products of the last run ready for searches.
REST_SECONDS: Final = 300
SAMPLE: Final = 50


@dataclass(frozen=True)
class Database:
    """By its address, as the applications get it."""

    url: str

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """One after another, each committed; the rows of the last one."""
        rows: list[tuple[Any, ...]] = []
        with closing(self._connect()) as connection:
            for statement in statements:
                answer = connection.execute(statement)
                rows = answer.fetchall() if answer.description else []
        return rows

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)

    def copy(self, ready: Path, table: str = "catalog_product", columns: Sequence[str] = COPY_COLUMNS) -> float:
        """COPY ready rows into a table of PostgreSQL, once it is at rest; the seconds until committed."""
        self.execute("CHECKPOINT")
        with closing(self._connect()) as connection, ready.open("rb") as file:
            began = time.perf_counter()
            with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                while piece := file.read(PIECE):
                    copy.write(piece)
            return time.perf_counter() - began

    def reset(self) -> None:
        """No product and no upload; the categories are there, for some contenders cannot make them."""
        rows = ", ".join(f"('{name}', true, CURRENT_TIMESTAMP)" for name in CATEGORIES)
        add = f"INSERT INTO catalog_category (nombre, aprobada, created_at) VALUES {rows} ON CONFLICT DO NOTHING"
        # Some tables refer to products or uploads without a constraint.
        kept = ("bulkupload", "rowchange", "chunkrows", "plannedrows", "preparedfile", "mendedrow", "uploaddraft")
        tables = ", ".join(["catalog_product", "catalog_stocklot", *(f"bulk_upload_{name}" for name in kept)])
        self.execute(add, f"TRUNCATE {tables} CASCADE")

    def settle(self) -> None:
        """Let the worker fill the search, and the database write out what the run before has left to be done."""
        ends = time.monotonic() + REST_SECONDS
        while self.execute("SELECT 1 FROM catalog_unfilledproducts LIMIT 1") and time.monotonic() < ends:
            time.sleep(0.2)
        self.execute("CHECKPOINT")

    def wal_position(self) -> float:
        return float(self.execute("SELECT pg_current_wal_lsn() - '0/0'")[0][0])

    def pids(self) -> list[int]:
        """The server's processes, where they can be seen; the first one has the CPU time of those that ended."""
        with closing(self._connect()) as connection:
            first = parent(connection.info.backend_pid, "postgres")
        return [first, *children(first)] if first else []

    def check_products(self, recipe: Recipe) -> None:
        """Raises unless the number of products and a sample of them, value by value, are what the file says."""
        numbers = [n for n in recipe.numbers if not recipe.is_defect(n)]
        sample = [recipe.values(n) for n in numbers[:: max(1, len(numbers) // SAMPLE)]]
        keys = ", ".join(f"'{row[0]}'" for row in sample)
        found = self.execute(f"SELECT {', '.join(FIELDS)} FROM catalog_product WHERE id IN ({keys}) ORDER BY id")
        for row, wanted in zip(found, sample, strict=True):
            if list(map(_plain, row)) != list(map(_plain, wanted)):
                raise AssertionError(f"{recipe}: {row} instead of {wanted}")
        if (count := self.execute("SELECT count(*) FROM catalog_product")[0][0]) != len(numbers):
            raise AssertionError(f"{recipe}: {count} products")


def _plain(value: Any) -> Any:
    """Numbers and booleans, whatever their type."""
    return value if isinstance(value, str) else float(value)


@contextmanager
def on_postgresql(name: str = NAME) -> Iterator[Database]:
    """An empty database on the server. One benchmark at a time: another one's is left alone."""
    server = Database(SERVER)
    drop, create = (
        sql.SQL(text).format(sql.Identifier(name)).as_string(None)
        for text in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}")
    )
    if server.execute(f"SELECT 1 FROM pg_stat_activity WHERE datname = '{name}'"):
        raise SystemExit(f"The database {name} is in use: another benchmark is running.")
    server.execute(drop, create)
    try:
        yield Database(urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}")))
    finally:
        server.execute(drop)
