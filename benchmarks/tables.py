"""The tables of a database: how large they and their indexes are, and their vacuum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from benchmarks.databases import Database

SIZES: Final = """
    SELECT relname, pg_table_size(relid), pg_indexes_size(relid), n_dead_tup
    FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY relname
"""
# What autovacuum does with a table by the server's settings: see "The Autovacuum Daemon" in PostgreSQL's manual.
DUE: Final = """
    WITH setting AS (
        SELECT {numbers} FROM (SELECT name, setting FROM pg_settings WHERE name LIKE 'autovacuum%') AS known
    ), counted AS (
        SELECT relname, n_dead_tup AS dead, n_ins_since_vacuum AS inserted, n_mod_since_analyze AS changed,
            (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = relid) AS live
        FROM pg_stat_user_tables WHERE schemaname = 'public'
    )
    SELECT relname, dead > vacuum_threshold + vacuum_scale_factor * live
        OR inserted > vacuum_insert_threshold + vacuum_insert_scale_factor * live,
        changed > analyze_threshold + analyze_scale_factor * live
    FROM counted, setting
"""
SETTINGS: Final = (
    *("vacuum_threshold", "vacuum_scale_factor", "vacuum_insert_threshold", "vacuum_insert_scale_factor"),
    *("analyze_threshold", "analyze_scale_factor"),
)


@dataclass(frozen=True)
class Size:
    """Of a table: bytes with what PostgreSQL keeps apart of its rows, of its indexes, and dead rows."""

    table: int
    indexes: int
    dead: int


def sizes(database: Database) -> dict[str, Size]:
    return {name: Size(*numbers) for name, *numbers in database.execute(SIZES)}


def vacuum_as_autovacuum(database: Database) -> None:
    """Do once what autovacuum does every minute: it is too slow for a day of two seconds, and may be switched off."""
    numbers = ", ".join(f"max(setting) FILTER (WHERE name = 'autovacuum_{name}')::float AS {name}" for name in SETTINGS)
    for name, is_vacuumed, is_analyzed in database.execute(DUE.format(numbers=numbers)):
        if is_vacuumed:
            database.execute(f"VACUUM {'(ANALYZE) ' if is_analyzed else ''}{name}")
        elif is_analyzed:
            database.execute(f"ANALYZE {name}")
