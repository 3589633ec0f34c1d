"""Whether each database connection has a session of its own, as the import's locks and time limits need."""

from __future__ import annotations

from contextlib import closing
from typing import Any, Final

from django.conf import settings
from django.db import OperationalError, connection

HINT: Final = (
    "Connect to PostgreSQL itself, or to pgbouncer with pool_mode = session, ignore_startup_parameters = options and "
    "the settings given to the database role. The page docs/operacion.md says how."
)
# What pgbouncer answers when it is not told to ignore them.
NOT_TAKEN: Final = "unsupported startup parameter"


def pooler_problem() -> str:
    """Why the database cannot be used in this way, in one sentence; ``""`` when it can. Raises `DatabaseError`."""
    if connection.vendor != "postgresql":
        return ""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        if NOT_TAKEN in str(error):
            return "A connection pooler refuses the session settings that the import needs."
        raise
    return _settings_problem() or _sharing_problem()


def _settings_problem() -> str:
    asked: dict[str, int] = settings.DATABASE_SESSION_SETTINGS
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting::bigint FROM pg_settings WHERE name = ANY(%s)", [list(asked)])
        dropped = [f"{name} is {value} ms" for name, value in cursor.fetchall() if not 0 < value <= asked[name]]
    if not dropped:
        return ""
    return f"The session settings that the import needs are not in force ({', '.join(dropped)})."


def _sharing_problem() -> str:
    """Two connections that are both open and have the same session: a pooler gives it to each transaction anew."""
    with connection.cursor() as cursor:
        driver: Any = cursor.connection
        if driver.info.backend_pid == _session_of(connection):
            return ""  # no pooler at all
    with closing(connection.copy()) as other:
        if _session_of(other) != _session_of(connection):
            return ""
    return "A connection pooler lets several connections share one database session."


def _session_of(wrapper: Any) -> int:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
