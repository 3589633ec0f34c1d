"""The last number that a table's sequence has given, and how to raise it."""

from __future__ import annotations

from typing import Final

from django.db import connection

# A little ahead: others may be taking numbers at this moment.
AHEAD: Final = 1000


def last_number(table: str, column: str = "id") -> int:
    """The last number given; 0 before the first one. Raises `DatabaseError`."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            if not (sequence := _sequence(table, column)):
                return 0
            cursor.execute(f"SELECT last_value - (NOT is_called)::integer FROM {sequence}")  # noqa: S608  # quoted by PostgreSQL
        else:
            cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        return int(cursor.fetchone()[0])


def raise_to(table: str, number: int, column: str = "id") -> None:
    """Let no number up to `number` be given again; one that is higher already stays. Raises `DatabaseError`."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = _sequence(table, column)
            cursor.execute(
                f"SELECT setval(%s, %s) FROM {sequence} WHERE last_value < %s",  # noqa: S608  # quoted by PostgreSQL
                [sequence, number + AHEAD, number],
            )
            return
        cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [number, table])
        if not cursor.rowcount:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])


def _sequence(table: str, column: str) -> str | None:
    """The name of the column's sequence, quoted where that is needed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), column])
        found: str | None = cursor.fetchone()[0]
        return found
