"""What people change in rows of models that have a sheet → `RowEdit`, in the transaction of the change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import AutoField, DecimalField, Field

from bulk_upload.importing.mapping.target import Target, target_of
from bulk_upload.imports import registry
from bulk_upload.models import EditAction, EditSource, ImportedModel, RowEdit
from medisupply.backends.database import database_now

# The names of fields with their old and new values, as JSON keeps them.
Changes = dict[str, tuple[Any, Any]]
# Entries that are written at once.
BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Editor:
    """Who makes a change, and where. A command is no user."""

    user: AbstractBaseUser | AnonymousUser | None
    source: EditSource


class Edit(NamedTuple):
    """The change of one row: its key as people read it. `created_by` is the upload that had created a removed one."""

    key: str
    changes: Changes
    created_by: uuid.UUID | None = None


def keep_created(model: type[ImportedModel], rows: Iterable[ImportedModel], editor: Editor) -> None:
    """Rows of `model` that were created a moment ago."""
    target = target_for(model)
    keep(model, EditAction.CREATED, (Edit(key_text_of(target, row), _as_new(row)) for row in rows), editor)


def keep_changed(row: ImportedModel, before: Mapping[str, Any], editor: Editor) -> None:
    """A row that was changed; `before` has old values by the names of fields. Nothing is kept of equal ones."""
    after = values_of(row)
    old = {field.name: stored(field, before[field.name]) for field in edited_fields(type(row)) if field.name in before}
    if changes := {name: (value, after[name]) for name, value in old.items() if value != after[name]}:
        edit = Edit(key_text_of(target_for(type(row)), row), changes)
        keep(type(row), EditAction.CHANGED, [edit], editor)


def keep_removed(model: type[ImportedModel], rows: Iterable[ImportedModel], editor: Editor) -> None:
    """Rows of `model` that are about to be removed, with their last values."""
    target = target_for(model)
    edits = (
        Edit(
            key_text_of(target, row),
            {name: (value, None) for name, (_none, value) in _as_new(row).items()},
            row.created_by_upload,
        )
        for row in rows
    )
    keep(model, EditAction.REMOVED, edits, editor)


def keep(model: type[ImportedModel], action: EditAction, edits: Iterable[Edit], editor: Editor) -> None:
    """One action of one person, on as many rows as there are."""
    sheet = target_for(model).sheet.name
    user, moment = editor.user, database_now()
    rows: Iterator[RowEdit] = (
        RowEdit(
            sheet_name=sheet,
            producto=edit.key,
            moment=moment,
            user_id=user.pk if user else None,
            username=user.get_username() if user else "",
            source=editor.source,
            action=action,
            cambios=edit.changes,
            creado_por=edit.created_by,
        )
        for edit in edits
    )
    while batch := list(islice(rows, BATCH)):
        RowEdit.objects.bulk_create(batch)


@cache
def target_for(model: type[ImportedModel]) -> Target:
    """The target of the sheet whose rows become those of `model`. Raises `LookupError`."""
    for name, declared in registry.imports.items():
        if declared.model is model:
            return target_of(name)
    raise LookupError(f"no sheet is declared for {model.__name__}")


@cache
def edited_fields(model: type[ImportedModel]) -> tuple[Field[Any, Any], ...]:
    """The fields that people fill in, also those that no column of the sheet does."""
    bookkeeping = {field.name for field in ImportedModel._meta.local_fields}
    fields = (field for field in model._meta.concrete_fields if not isinstance(field, AutoField))
    return tuple(field for field in fields if field.name not in bookkeeping)


def values_of(row: ImportedModel) -> dict[str, Any]:
    """The values of a row's `edited_fields`, as JSON keeps them."""
    return {field.name: stored(field, field.value_from_object(row)) for field in edited_fields(type(row))}


def stored(field: Field[Any, Any], value: Any) -> Any:
    """As `bulk_upload.importing.mapping.stored_values` writes what imports change."""
    if value is not None and isinstance(field, DecimalField):
        return f"{value:.{field.decimal_places}f}"
    return value.isoformat() if isinstance(value, date) else value


def key_text_of(target: Target, row: ImportedModel) -> str:
    """The row's key as people read it."""
    return target.key_text(tuple(getattr(row, name) for name in target.fields))


def _as_new(row: ImportedModel) -> Changes:
    return {name: (None, value) for name, value in values_of(row).items()}
