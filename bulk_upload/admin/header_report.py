"""The headers that a file has beside those that it must have, for an upload that failed because of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_assignment import is_of_a_correction, use_fallbacks
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.similar_headers import nearest

# The file was read; its header does not have all required columns, or does not fit in another way.
COLUMNS_MISSING: Final = frozenset(["no_header", "no_header_in_csv", "missing_columns", "missing_columns_similar"])
HEADER_PROBLEMS: Final = COLUMNS_MISSING | {"similar_columns", "duplicate_column"}


@dataclass(frozen=True, slots=True)
class Found:
    """A header of the file and the column that it names; ``""`` when it names none."""

    text: str
    column: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A column of the sheet: whether it must be there, how often the file has it, and the header that looks like it."""

    name: str
    required: bool
    missing: bool
    twice: bool
    there: bool
    similar: str


@dataclass(frozen=True, slots=True)
class HeaderReport:
    """`more` headers were not recorded. `row` is the header's; 0 when no row looked like one."""

    found: list[Found]
    expected: list[Expected]
    more: int
    row: int


def header_report(upload: BulkUpload) -> HeaderReport | None:
    """`None` for an upload that did not fail because of its header."""
    if upload.error_code not in HEADER_PROBLEMS:
        return None
    sheet, params = registry.get(upload.sheet_name).sheet, upload.error_params
    recorded = [text for text in str(params.get("encabezados", "")).split("\n") if text]
    texts = [text for text in recorded if not is_of_a_correction(text)]
    names = _names(sheet, texts)
    strangers = [text for text, name in zip(texts, names, strict=True) if not name]
    missing = _missing(sheet, upload, names)
    return HeaderReport(
        found=[Found(text, name) for text, name in zip(texts, names, strict=True)],
        expected=[_expected(column, names, missing, strangers) for column in sheet.columns],
        more=max(0, int(params.get("cuantos", 0)) - len(recorded)),
        row=int(params.get("fila", 0)),
    )


def _names(sheet: Sheet, texts: Sequence[str]) -> list[str]:
    """The column that each header names, or ``""``, as `headers.match_header` sees it."""
    known = [column.name if (column := sheet.known_headers.get(normal_form(text))) else "" for text in texts]
    positions = {name: index for index, name in enumerate(known) if name}
    use_fallbacks(sheet.fallback_headers, texts, positions, [index for index, name in enumerate(known) if not name])
    for name, index in positions.items():
        known[index] = name
    return known


def _missing(sheet: Sheet, upload: BulkUpload, names: Sequence[str]) -> set[str]:
    """The required columns that are not there. Those of the problem itself: not all headers may be recorded."""
    if columns := upload.error_params.get("columnas"):
        return set(str(columns).split(", "))
    if upload.error_code not in COLUMNS_MISSING:
        return set()
    return {column.name for column in sheet.columns if column.required and column.name not in names}


def _expected(column: Column, names: Sequence[str], missing: set[str], strangers: Sequence[str]) -> Expected:
    times = names.count(column.name)
    is_missing = column.name in missing
    absent = is_missing or not (times or column.required)
    similar = nearest(column, strangers) if absent else ""
    return Expected(column.name, column.required, is_missing, times > 1, not absent, similar)
