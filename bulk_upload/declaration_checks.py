"""System checks of the declared sheets: a mistake in a declaration is named at start, not in the first import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model

from bulk_upload.imports import KEY_SEPARATOR, SheetImport, registry
from bulk_upload.models import BulkUpload, ImportedModel, RowChange, RowError
from bulk_upload.problem_texts import ENGINE_TEXTS, ProblemText


@register(Tags.models)
def check_declared_sheets(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E009 to E017, for each sheet that an app declares in its module `imports`."""
    found: list[CheckMessage] = [
        Error(
            f"The sheet {declared.sheet.name} is declared twice, also as {declared.__module__}.{declared.__name__}.",
            hint="Give one of the two another name.",
            id="bulk_upload.E009",
        )
        for declared in registry.repeated
    ]
    for declared in registry.imports.values():
        found += [*_problems(declared), *_too_long(declared)]
    found += _texts_declared_twice()
    for declared in registry.imports.values():
        found += _missing_texts(declared)
    return found


def _texts_declared_twice() -> Iterator[CheckMessage]:
    known: dict[str, ProblemText] = dict(ENGINE_TEXTS)
    for declared in registry.imports.values():
        for code, text in (*declared.problem_texts.items(), *declared.warning_texts.items()):
            if known.setdefault(code, text) is not text:
                yield Error(
                    f"{declared.__module__}.{declared.__name__}: the code {code} has another text already.",
                    hint="Codes are stored without the sheet: give the problem a code of its own, or share the text.",
                    id="bulk_upload.E014",
                )


def _missing_texts(declared: type[SheetImport]) -> Iterator[CheckMessage]:
    name = f"{declared.__module__}.{declared.__name__}"
    known = {*ENGINE_TEXTS, *declared.problem_texts, *declared.warning_texts}
    for code in sorted(declared.declared_codes() - known):
        yield Error(
            f"{name}: the code {code} has no text.",
            hint="Add it to `problem_texts` or `warning_texts`.",
            id="bulk_upload.E015",
        )
    for rule in (*declared.sheet.requires, *declared.sheet.checks, *declared.row_checks):
        if not rule.codes:
            yield Error(
                f"{name}: the rule {type(rule).__name__} does not say which problems it finds.",
                hint="Set its `codes`.",
                id="bulk_upload.E016",
            )


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


def _too_long(declared: type[SheetImport]) -> Iterator[CheckMessage]:
    """What is kept of each upload has its widths; PostgreSQL would refuse every row with a longer text."""
    codes = {*declared.declared_codes(), *declared.problem_texts, *declared.warning_texts}
    kept = (
        *((column.name, RowError, "columna") for column in declared.sheet.columns),
        *((code, RowError, "codigo") for code in sorted(codes)),
        (declared.sheet.name, BulkUpload, "sheet_name"),
        (KEY_SEPARATOR.join("?" * _width(declared.model, field) for field in declared.key), RowChange, "producto"),
    )
    for text, model, field in kept:
        if len(text) > (most := _width(model, field)):
            yield Error(
                f"{declared.__module__}.{declared.__name__}: {text} has {len(text)} characters.",
                hint=f"{model.__name__}.{field} keeps {most}: shorten it, or the fields of the `key`.",
                id="bulk_upload.E017",
            )


def _width(model: type[Model], name: str) -> int:
    """How many characters a field's values may have; those of numbers and days are few."""
    if not _has(model, name):
        return 0
    field = model._meta.get_field(name)
    field = field.target_field if isinstance(field, ForeignKey) else field
    return getattr(field, "max_length", None) or 20


def _has(model: type[Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
