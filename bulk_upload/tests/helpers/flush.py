"""After a test that commits the database is emptied; content types, permissions and groups have to be there again.

Django's own ways to do both take longer than most of the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db import models, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations

FILLED: tuple[type[models.Model], ...] = (ContentType, Permission, Group, Group.permissions.through)
# With more rows than this in a table, PostgreSQL truncates faster than it deletes.
FEW_ROWS: Final = 1_000


def empty_by_delete() -> None:
    """On PostgreSQL TRUNCATE makes new files for tables and indexes, of empty tables, too: 40 ms, mostly waiting."""
    truncate = DatabaseOperations.sql_flush

    def sql_flush(
        self: BaseDatabaseOperations, style: Any, tables: Sequence[str], *arguments: Any, **options: Any
    ) -> list[str]:
        names = [self.quote_name(table) for table in _referring_first(tables)]
        if not names or any(options.values()) or _has_many_rows(self, names):
            return truncate(self, style, tables, *arguments, **options)
        # The lock waits, as TRUNCATE does, for what a process that was killed has begun.
        return [f"LOCK TABLE {', '.join(names)}", *(f"DELETE FROM {name}" for name in names)]  # noqa: S608

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]


def _referring_first(tables: Sequence[str]) -> list[str]:
    """A row goes before those that it refers to: triggers that stand for foreign keys look at each statement."""
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    graph: dict[str, set[str]] = {table: set() for table in tables}
    for table in graph.keys() & models.keys():
        for field in models[table]._meta.concrete_fields:
            if field.related_model and field.related_model is not models[table]:
                graph.setdefault(field.related_model._meta.db_table, set()).add(table)
    return [table for table in TopologicalSorter(graph).static_order() if table in tables]


def _has_many_rows(operations: BaseDatabaseOperations, names: Sequence[str]) -> bool:
    with operations.connection.cursor() as cursor:
        many = (f"EXISTS (SELECT FROM {name} OFFSET {FEW_ROWS})" for name in names)
        cursor.execute(f"SELECT {' OR '.join(many)}")
        return bool(cursor.fetchone()[0])


def fill_at_once() -> None:
    """What the first flush of this process has filled the tables with is put there again after each later one.

    Django's own way asks for each model and permission whether it is there.
    """
    filled: list[tuple[type[models.Model], list[Any]]] = []
    fill = flush.emit_post_migrate_signal  # type: ignore[attr-defined]

    def refill(verbosity: int, interactive: bool, db: str, **options: Any) -> None:
        if not filled:
            fill(verbosity, interactive, db, **options)
            filled.extend((model, list(model._default_manager.using(db).all())) for model in FILLED)
            return
        with transaction.atomic(using=db):
            for model, rows in filled:
                model._default_manager.using(db).bulk_create(rows)
        ContentType.objects.clear_cache()

    flush.emit_post_migrate_signal = refill  # type: ignore[attr-defined]
