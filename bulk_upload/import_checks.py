"""System checks of the declared sheets: a mistake in a declaration is named at start, not in the first import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model

from bulk_upload.imports import SheetImport, registry
from bulk_upload.models import ImportedModel


@register(Tags.models)
def check_declared_sheets(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E009 to E013, for each sheet that an app declares in its module `imports`."""
    found: list[CheckMessage] = [
        Error(
            f"The sheet {declared.sheet.name} is declared twice, also as {declared.__module__}.{declared.__name__}.",
            hint="Give one of the two another name.",
            id="bulk_upload.E009",
        )
        for declared in registry.repeated
    ]
    for declared in registry.imports.values():
        found += _problems(declared)
    return found


def _problems(declared: type[SheetImport]) -> Iterator[CheckMessage]:
    name, model = f"{declared.__module__}.{declared.__name__}", declared.model
    referring = {column for reference in declared.references.values() for column in reference.by}
    for column in declared.sheet.columns:
        if column.name not in referring and not _has(model, column.name):
            yield Error(
                f"{name}: the column {column.name} has no field in {model.__name__}.",
                hint="Add the field, or a reference whose `by` names the column.",
                id="bulk_upload.E010",
            )
    for field, reference in declared.references.items():
        if not _has(model, field) or not isinstance(model._meta.get_field(field), ForeignKey):
            yield Error(
                f"{name}: the reference {field} is no foreign key of {model.__name__}.",
                hint="Name the references as the model's foreign keys.",
                id="bulk_upload.E011",
            )
        for named, looked_up in reference.by.items():
            if named not in declared.sheet.index or not _has(reference.model, looked_up):
                yield Error(
                    f"{name}: the reference {field} looks for {named} in {reference.model.__name__}.{looked_up}, "
                    "and one of the two does not exist.",
                    hint="`by` maps columns of the sheet to fields of the model that is referred to.",
                    id="bulk_upload.E011",
                )
    for field in (*declared.key, *declared.unique, *filter(None, [declared.owner, declared.large_change])):
        if not _has(model, field):
            yield Error(
                f"{name}: {model.__name__} has no field {field}.",
                hint="`key`, `unique`, `owner` and `large_change` name fields of the model.",
                id="bulk_upload.E012",
            )
    if not issubclass(model, ImportedModel):
        yield Error(
            f"{name}: {model.__name__} does not keep which upload wrote a row.",
            hint="Let the model inherit bulk_upload.models.ImportedModel.",
            id="bulk_upload.E013",
        )


def _has(model: type[Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
