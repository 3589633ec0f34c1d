"""What only the database can say for all hosts: one clock, and one order of the catalogue's changes."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import InterfaceError, InternalError, OperationalError, connection
from django.utils import timezone

# What Django raises when the database is not there, ends the connection or cannot do its work now. `InternalError` is
# also a session that ended since its process stood still within a transaction, and a standby that takes no writes
# (25P03 and 25006 in Appendix A of PostgreSQL's manual).
DATABASE_AWAY: Final = (OperationalError, InterfaceError, InternalError)

# Seconds for which a reading of the database's clock is extended by this process's monotonic one.
CLOCK_SECONDS: Final = 30.0

# The table whose automatic key numbers the changes.
CHANGE_NUMBERS: Final = "catalog_changenumber"

_read_at = float("-inf")
_reading: datetime | None = None
# Driver's connection → its session.
_sessions: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def database_now() -> datetime:
    """The time by the database's clock, aware: hosts whose own clocks differ agree on leases and dates.

    PostgreSQL is asked every `CLOCK_SECONDS`; SQLite's clock is this machine's. Raises `DatabaseError`.
    """
    global _read_at, _reading
    if connection.vendor != "postgresql":
        return timezone.now()
    if _reading is None or time.monotonic() - _read_at > CLOCK_SECONDS:
        asked_at = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            _reading, _read_at = cursor.fetchone()[0], (asked_at + time.monotonic()) / 2
    return _reading + timedelta(seconds=time.monotonic() - _read_at)


def next_change_number() -> int:
    """The next number in the order of the catalogue's changes. No number is ever given twice.

    An upload takes its number when it is accepted, a person's change when it is saved; a product keeps the
    number of its last change, so that an older list never replaces a newer value. Raises `DatabaseError`.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence('catalog_changenumber', 'id'))")
            return int(cursor.fetchone()[0])
        cursor.execute("INSERT INTO catalog_changenumber DEFAULT VALUES RETURNING id")
        number = int(cursor.fetchone()[0])
        cursor.execute("DELETE FROM catalog_changenumber")
        return number


def database_session() -> str:
    """This process's session as PostgreSQL names it, process id and start; ``""`` on other databases."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        driver: Any = cursor.connection
        if driver not in _sessions:
            # The driver's own idea of the process id is a pooler's invention behind one.
            cursor.execute(
                "SELECT pid, extract(epoch FROM backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()"
            )
            pid, start = cursor.fetchone()
            _sessions[driver] = f"{pid}:{start}"
        return _sessions[driver]


def living_sessions(sessions: Collection[str]) -> set[str] | None:
    """Those of some `sessions` that are there; `None` where the database does not name them. Raises `DatabaseError`."""
    if connection.vendor != "postgresql":
        return None
    if not sessions:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid, extract(epoch FROM backend_start) FROM pg_stat_activity")
        return {f"{pid}:{start}" for pid, start in cursor.fetchall()} & set(sessions)


def end_session(session: str, *, silent_for: timedelta) -> bool:
    """End another process's session that has begun no statement for `silent_for`; returns whether there was one.

    A session that this database user may not end stays. Raises `DatabaseError`.
    """
    if connection.vendor != "postgresql" or session == database_session():
        return False
    pid, _, start = session.partition(":")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid = %s AND usename = current_user AND extract(epoch FROM backend_start) = %s::numeric "
            "AND coalesce(query_start, backend_start) < clock_timestamp() - make_interval(secs => %s)",
            [int(pid), start, silent_for.total_seconds()],
        )
        return cursor.fetchone() is not None
