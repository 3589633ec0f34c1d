"""PostgreSQL's own tools on the server of the tests, and a test's database at an earlier moment."""

from __future__ import annotations

import os
import secrets
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.db import connection


def tool(*command: str) -> None:
    """One of PostgreSQL's tools, for the server of the tests."""
    settings = connection.settings_dict
    named = {"PGHOST": settings["HOST"], "PGPORT": settings["PORT"], "PGUSER": settings["USER"]}
    password = {"PGPASSWORD": settings["PASSWORD"]} if settings["PASSWORD"] else {}
    environment = {**os.environ, **{name: str(value) for name, value in named.items() if value}, **password}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def empty_database() -> Iterator[str]:
    """The name of a new database, which is dropped at the end of the block."""
    name = f"restored_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield name
    finally:
        drop(name)


def drop(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def rows_of(database: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(**{**connection.get_connection_params(), "dbname": database}) as session:
        return session.execute(query).fetchall()


class Backup:
    """A copy of this test's database as it is now: a dump of PostgreSQL, or of SQLite's file."""

    def __init__(self, folder: Path) -> None:
        self._copy = folder / "medisupply.dump"
        if connection.vendor == "postgresql":
            tool("pg_dump", "--format=custom", f"--file={self._copy}", str(connection.settings_dict["NAME"]))
        else:
            _copy_sqlite(connection.settings_dict["NAME"], self._copy)

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Within the block this process's database is the copy."""
        if connection.vendor != "postgresql":
            connection.close()
            _copy_sqlite(self._copy, connection.settings_dict["NAME"])
            yield
            return
        own = connection.settings_dict["NAME"]
        with empty_database() as name:
            tool("pg_restore", "--exit-on-error", f"--dbname={name}", str(self._copy))
            _use(name)
            try:
                yield
            finally:
                _use(own)


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _copy_sqlite(source: object, target: object) -> None:
    with closing(sqlite3.connect(str(source))) as old, closing(sqlite3.connect(str(target))) as new:
        old.backup(new)
