"""Databases for a benchmark alone: made, dropped whatever happened, and between two runs emptied and left at rest.

Nothing here knows Django: the contenders' environment has none of its applications.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.files import CATEGORIES, COPY_COLUMNS, FIELDS, Recipe
from benchmarks.options import FOLDER, SERVER
from benchmarks.processes import parent
from dev.process_tree import children

NAME: Final = "medisupply_bench"
PIECE: Final = 256 * 1024
# Seconds that a worker may take to make the products of the last run ready for searches.
REST_SECONDS: Final = 300
SAMPLE: Final = 50
ON_SQLITE: Final = ("bulk_upload_rowerror", "bulk_upload_rowchange", "bulk_upload_bulkupload", "catalog_product")


@dataclass(frozen=True)
class Database:
    """By its address, as the applications get it."""

    url: str

    @property
    def vendor(self) -> str:
        return "sqlite" if self.url.startswith("sqlite") else "postgresql"

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """One after another, each committed; the rows of the last one."""
        rows: list[tuple[Any, ...]] = []
        with closing(self._connect()) as connection:
            for statement in statements:
                answer = connection.execute(statement)
                rows = answer.fetchall() if answer.description else []
        return rows

    def _connect(self) -> Any:
        if self.vendor == "sqlite":
            connection = sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=60, isolation_level=None)
            # As Django does: constraints use it.
            connection.create_function("regexp", 2, lambda pattern, text: bool(re.search(pattern, text)))
            return connection
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
        if self.vendor == "sqlite":
            self.execute(add, *(f"DELETE FROM {table}" for table in ON_SQLITE))
        else:
            self.execute(add, "TRUNCATE catalog_product, bulk_upload_bulkupload CASCADE")

    def settle(self) -> None:
        """Let the worker fill the search, and the database write out what the run before has left to be done."""
        if self.vendor == "sqlite":
            self.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        ends = time.monotonic() + REST_SECONDS
        while self.execute("SELECT 1 FROM catalog_unfilledproducts LIMIT 1") and time.monotonic() < ends:
            time.sleep(0.2)
        self.execute("CHECKPOINT")

    def wal_position(self) -> float:
        return 0.0 if self.vendor == "sqlite" else float(self.execute("SELECT pg_current_wal_lsn() - '0/0'")[0][0])

    def pids(self) -> list[int]:
        """The server's processes, where they can be seen; the first one has the CPU time of those that ended."""
        if self.vendor == "sqlite":
            return []
        with closing(self._connect()) as connection:
            first = parent(connection.execute("SELECT pg_backend_pid()").fetchone()[0], "postgres")
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
    """Numbers and booleans as both databases have them."""
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


@contextmanager
def on_sqlite() -> Iterator[Database]:
    """A file that does not exist yet."""
    path = FOLDER / f"{NAME}.sqlite3"
    path.unlink(missing_ok=True)
    try:
        yield Database(f"sqlite:///{quote(str(path))}")
    finally:
        for each in FOLDER.glob(f"{path.name}*"):
            each.unlink()
