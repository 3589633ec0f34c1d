"""The mapping that comes with a file: what does not fit the sheet is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import get_language

from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.mapping_checks import checked_mapping, read_mapping
from bulk_upload.sheet.problems import MappingProblem
from bulk_upload.wording import text_of


def mapping_of_text(text: str, sheet: Sheet) -> SheetMapping:
    """The mapping that a form's field says in JSON; none for a blank one. Raises `RefusedUpload`."""
    return _accepted(lambda: read_mapping(text, sheet)) if text.strip() else NO_MAPPING


def mapping_of_json(value: Any, sheet: Sheet) -> SheetMapping:
    """The mapping in its wire form, of a body that was JSON. Raises `RefusedUpload`."""
    return _accepted(lambda: checked_mapping(value, sheet))


def _accepted(read: Callable[[], SheetMapping]) -> SheetMapping:
    try:
        return read()
    except MappingProblem as problem:
        raise RefusedUpload(problem.code, sentence(problem), field="mapping") from None


def sentence(problem: MappingProblem) -> str:
    """What is wrong, in the language that is active."""
    language = get_language() or "es"
    cause = problem.cause
    reason = {"motivo": text_of(cause.code, {**problem.params, **cause.params}, language)} if cause else {}
    return text_of(problem.code, {**problem.params, **reason}, language)
