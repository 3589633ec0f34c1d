"""The writer for every database: Django's bulk_create, also for updates."""

from __future__ import annotations

from typing import Any

from bulk_upload.importing.mapping.target import BOOKKEEPING, Target, as_fields
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.writing.author import Author
from bulk_upload.importing.writing.equal_rows import confirm
from medisupply.backends.database import database_now


def write_by_orm(target: Target, decisions: Decisions, author: Author, *_: Any) -> None:
    """One statement for updates, one for new rows."""
    confirm(target, decisions, author)
    more: dict[str, Any] = {"changed_by_upload": author.upload, "change_number": author.number}
    if target.owner:
        more[target.owner] = author.owner
    options, model = target.model._meta, target.model
    if decisions.updates:
        now = database_now()
        changed = [
            model(
                **{
                    **as_fields(target, known.values),
                    **more,
                    "pk": known.pk,
                    "version": known.version,
                    "updated_at": now,
                }
            )
            for known in decisions.updates.values()
        ]
        editable = [name for name in target.fields if name != options.pk.attname] + list(BOOKKEEPING)
        model._default_manager.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=[options.pk.name],
            update_fields=[options.get_field(name).name for name in editable],
        )
    if decisions.creates:
        more["created_by_upload"] = author.upload
        created = [model(**as_fields(target, values), **more) for values in decisions.new_rows()]
        model._default_manager.bulk_create(created)
