"""After a test that commits the database is emptied; content types, permissions and groups have to be there again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db import models

FILLED: tuple[type[models.Model], ...] = (ContentType, Permission, Group, Group.permissions.through)


def fill_at_once() -> None:
    """What the first flush of this process has filled the tables with is put there again after each later one.

    Django's own way asks for each model and permission whether it is there: longer than most of the tests.
    """
    filled: list[tuple[type[models.Model], list[Any]]] = []
    fill = flush.emit_post_migrate_signal  # type: ignore[attr-defined]

    def refill(verbosity: int, interactive: bool, db: str, **options: Any) -> None:
        if not filled:
            fill(verbosity, interactive, db, **options)
            filled.extend((model, list(model._default_manager.using(db).all())) for model in FILLED)
            return
        for model, rows in filled:
            model._default_manager.using(db).bulk_create(rows)
        ContentType.objects.clear_cache()

    flush.emit_post_migrate_signal = refill  # type: ignore[attr-defined]
