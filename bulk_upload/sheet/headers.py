"""A sheet's header row → the columns that it names.

What counts when a header is compared is said in `header_forms`. Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bulk_upload.sheet.cells import Cell, column_letter, is_blank
from bulk_upload.sheet.columns import ORIGINAL_ROW, ROW_PROBLEMS, Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.problems import FileProblem, headers_found, shown
from bulk_upload.sheet.similar_headers import missing_columns
from bulk_upload.sheet.text_cleaning import BLANKS
from bulk_upload.sheet.values import written

# Rows from the top of a sheet in which the header is looked for (titles and logos stand above it).
HEADER_SEARCH_ROWS: Final = 50
# Known columns that make a row a header, or as many as must be there. One could be chance: a title "Producto", say.
HEADER_COLUMNS: Final = 3

_TASK_ID: Final = "[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"
_ORIGINAL_ROW: Final = re.compile(rf"{ORIGINAL_ROW}(?:\s+(?P<task>{_TASK_ID}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """A header row of `sheet` that was recognised.

    `positions` maps the name of each column found to its place in a row's cells. `texts` is the whole
    header as written, blank cells as ``""``. `unknown` are the positions that name no known column.
    In a corrected-row workbook `corrects` is the original upload's task id (32 hexadecimal digits) and
    `original_row` the position of the original rows' numbers; in other sheets they are ``""`` and `None`.
    """

    sheet: Sheet
    row: int
    texts: tuple[str, ...]
    positions: dict[str, int]
    unknown: tuple[int, ...]
    corrects: str = ""
    original_row: int | None = None


def count_known(cells: Iterable[Cell], sheet: Sheet) -> int:
    """How many different columns of `sheet` the `cells` name: what makes a row look like a header."""
    forms = {normal_form(cell) for cell in cells if isinstance(cell, str)}
    known, fallbacks = sheet.known_headers, sheet.fallback_headers
    return len({column.name for form in forms if (column := known.get(form) or fallbacks.get(form))})


def find_header(rows: Iterable[tuple[int, Sequence[Cell]]], sheet: Sheet) -> tuple[int, Sequence[Cell]] | None:
    """The row among `rows` that names most columns of `sheet`, the first of equals, or `None`."""
    best: tuple[int, Sequence[Cell]] | None = None
    required = sum(column.required for column in sheet.columns)
    most = min(HEADER_COLUMNS, max(required, 2)) - 1
    for number, cells in rows:
        known = count_known(cells, sheet)
        if known > most:
            best, most = (number, cells), known
    return best


def no_header(sheet: Sheet, cells: Sequence[Cell]) -> FileProblem:
    """The problem of a file in which no row names enough columns; `cells` are its first row with any content."""
    first = ", ".join(column.name for column in sheet.columns[:3])
    return FileProblem("no_header", primeras=first, **headers_found(_texts(cells)))


def match_header(sheet: Sheet, row: int, cells: Sequence[Cell], worksheet: str) -> HeaderMatch:
    """Say which column of `sheet` stands where; `worksheet` is the name of its tab.

    Raises `FileProblem` ``duplicate_column`` when two headers name one column, ``missing_columns``
    or ``missing_columns_similar`` (which names the headers that look like them) when required ones are
    not there, and ``similar_columns`` when a header looks like an optional one that is not there.
    """
    texts = _texts(cells)
    positions: dict[str, int] = {}
    unknown: list[int] = []
    corrects, original_row = _correction(texts)
    for index, text in enumerate(texts):
        column = sheet.known_headers.get(normal_form(text)) if text else None
        if column is None:
            if text and not is_of_a_correction(text):
                unknown.append(index)
        elif column.name in positions:
            first = positions[column.name]
            raise FileProblem(
                "duplicate_column",
                columna=column.name,
                fila=row,
                primera=shown(texts[first]),
                celda1=f"{column_letter(first)}{row}",
                segunda=shown(text),
                celda2=f"{column_letter(index)}{row}",
                **headers_found(texts),
            )
        else:
            positions[column.name] = index
    use_fallbacks(sheet.fallback_headers, texts, positions, unknown)
    absent = [column for column in sheet.columns if column.name not in positions]
    if problem := missing_columns(absent, [texts[index] for index in unknown], texts, row, worksheet):
        raise problem
    return HeaderMatch(sheet, row, texts, positions, tuple(unknown), corrects, original_row)


def _texts(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple("" if is_blank(cell) else written(cell).strip(BLANKS) for cell in cells)


def use_fallbacks(
    fallbacks: Mapping[str, Column], texts: Sequence[str], positions: dict[str, int], unknown: list[int]
) -> None:
    """Take a header such as "descripción" for the column that nothing else names, if there is only one such header.

    A required column also takes one that names an optional column, which then is not there.
    """
    holders = {index: name for name, index in positions.items()}
    found: dict[str, list[int]] = {}
    for index in sorted({*unknown, *holders}):
        column = fallbacks.get(normal_form(texts[index]))
        if column and (column.required or index not in holders):
            found.setdefault(column.name, []).append(index)
    for name, indexes in found.items():
        if name not in positions and len(indexes) == 1:
            (index,) = indexes
            if index in holders:
                del positions[holders[index]]
            else:
                unknown.remove(index)
            positions[name] = index


def is_of_a_correction(header: str) -> bool:
    """Whether `header` names one of the two columns that corrected-row workbooks add."""
    return bool(_ORIGINAL_ROW.fullmatch(header)) or header.casefold() == ROW_PROBLEMS


def _correction(texts: Sequence[str]) -> tuple[str, int | None]:
    """The original upload's task id and the position of the original rows' numbers, as far as they are given."""
    for index, text in enumerate(texts):
        if match := _ORIGINAL_ROW.fullmatch(text):
            return (match["task"] or "").replace("-", "").lower(), index
    return "", None
