"""How connections to the database are opened, and what their sessions must keep to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def sqlite_options() -> dict[str, Any]:
    """One writer at a time: the write lock is taken when a transaction begins (no upgrade, no "database is locked" in
    the middle), and readers go on beside it.
    """
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }


def session_settings(lease_seconds: int) -> dict[str, int]:
    """What every session of PostgreSQL must keep to, in milliseconds: see `medisupply.backends.pooler`.

    A worker that stops in the middle of a transaction keeps its locks no longer than its claim, and whoever waits for
    such a lock gets a fault that can be tried again.
    """
    lease = lease_seconds * 1000
    return {"idle_in_transaction_session_timeout": lease, "lock_timeout": lease}


def postgresql_options(given: Mapping[str, Any], lease_seconds: int) -> dict[str, Any]:
    """The options of a connection; those that were `given` come first.

    Either end notices within 25 seconds that the other one's host or network is gone.
    """
    lease = lease_seconds * 1000
    server_keepalives = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3}
    session = {**session_settings(lease_seconds), **server_keepalives, "tcp_user_timeout": lease}
    said = [given.get("options", ""), *(f"-c {name}={value}" for name, value in session.items())]
    return {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": lease,
        **given,
        "options": " ".join(said).strip(),
    }
