"""Databases for a benchmark alone: created, and dropped whatever happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

NAME: Final = "medisupply_bench"


@contextmanager
def on_postgresql(server: str) -> Iterator[str]:
    """An empty database on `server`; gives its address. One benchmark at a time: another one's is left alone."""
    name = sql.Identifier(NAME)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name)
    with psycopg.connect(server, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s", [NAME]).fetchone():
            raise SystemExit(f"The database {NAME} is in use: another benchmark is running.")
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{NAME}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(drop)


@contextmanager
def on_sqlite(folder: Path) -> Iterator[str]:
    """A file in `folder` that does not exist yet; gives its address."""
    path = folder / f"{NAME}.sqlite3"

    def remove() -> None:
        for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            name.unlink(missing_ok=True)

    remove()
    try:
        yield f"sqlite:///{quote(str(path))}"
    finally:
        remove()
