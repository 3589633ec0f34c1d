"""Which sheet of a workbook is imported: the only visible one that has all required columns, and rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from bulk_upload.cells import Cell, is_blank
from bulk_upload.checking.results import Problem
from bulk_upload.columns import COLUMNS
from bulk_upload.headers import HeaderMatch, find_header, match_header, no_header
from bulk_upload.problems import FileProblem, shown
from bulk_upload.reading.child.calamine import Book, UnreadableError
from bulk_upload.reading.child.package import Package
from bulk_upload.reading.child.sheet import SHEET_ROWS, Sheet
from bulk_upload.reading.table import Limits

Found = tuple[Sheet, HeaderMatch]
# Sheets of which it is said that they were passed over.
_SAID: Final = 10
_REQUIRED: Final = sum(column.required for column in COLUMNS)


def chosen_sheet(
    package: Package, sheets: Sequence[tuple[str, str]], book: Book | None, limits: Limits
) -> tuple[Sheet, HeaderMatch, tuple[Problem, ...]]:
    """The sheet among `sheets` (names and parts in the order of their tabs), its header and warnings.

    Sheets without all required columns are passed over, with a warning for each that has a header or rows as wide as
    products. Raises
    `FileProblem` when several are suitable (``several_sheets``) and when none is: then it is about the first one that
    has a header.
    """
    suitable: list[Found] = []
    of_headers: list[FileProblem] = []
    passed_over: list[Problem] = []
    others: list[Exception] = []
    top: Sequence[Cell] = []
    for name, part in sheets:
        try:
            sheet = Sheet(package, part, name, book, limits)
            head = sheet.head()
            header = find_header(head)
        except (FileProblem, UnreadableError) as error:
            others.append(error)
            continue
        top = top or next((cells for _, cells in head if not all(map(is_blank, cells))), [])
        if header:
            try:
                suitable.append((sheet, match_header(*header, name)))
            except FileProblem as problem:
                if problem.code == "similar_columns":
                    raise  # all required columns are there: not a sheet to pass over
                of_headers.append(problem)
                passed_over.append(_warning("sheet_passed_over", name))
        elif any(_is_wide(cells) for _, cells in head):
            passed_over.append(_warning("sheet_without_header", name))
    if len(suitable) > 1:
        suitable = [found for found in suitable if _has_rows(*found)] or suitable[:1]
    if len(suitable) > 1:
        raise FileProblem("several_sheets", hojas=", ".join(f"«{shown(sheet.name)}»" for sheet, _ in suitable[:5]))
    if not suitable:
        raise [*of_headers, *others, no_header(top)][0]
    return (*suitable[0], tuple(passed_over[:_SAID]))


def _is_wide(cells: Sequence[Cell]) -> bool:
    """Whether a row may be a product: it has as many values as there are required columns."""
    return sum(not is_blank(cell) for cell in cells) >= _REQUIRED


def _warning(code: str, name: str) -> Problem:
    return Problem(0, "", code, {"hoja": shown(name)}, shown(name), warning=True)


def _has_rows(sheet: Sheet, header: HeaderMatch) -> bool:
    rows = itertools.islice(sheet.rows(), header.row, SHEET_ROWS)
    return any(cell != "" and not (isinstance(cell, str) and is_blank(cell)) for cells in rows for cell in cells)
