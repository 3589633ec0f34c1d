"""Which sheet of a workbook is imported: the only visible one that has all required columns, and rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from bulk_upload.checking.results import Problem
from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.calamine import Book, UnreadableError
from bulk_upload.reading.child.worksheet import SHEET_ROWS, Worksheet
from bulk_upload.reading.child.zip_package import Package
from bulk_upload.sheet.cells import Cell, is_blank
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_rows import find_header, rows_to_search
from bulk_upload.sheet.headers import HeaderMatch, match_header, no_header
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.problems import FileProblem, shown

Found = tuple[Worksheet, HeaderMatch]
# Sheets of which it is said that they were passed over.
_SAID: Final = 10


def chosen_sheet(
    kind: Sheet,
    package: Package,
    sheets: Sequence[tuple[str, str]],
    book: Book | None,
    limits: Limits,
    mapping: SheetMapping = NO_MAPPING,
) -> tuple[Worksheet, HeaderMatch, tuple[Problem, ...]]:
    """The one of `sheets` (names and parts in the order of their tabs) that is of this `kind`, its header and warnings.

    Sheets without all required columns are passed over, with a warning for each that has a header or rows as wide as
    products. Raises
    `FileProblem` when several are suitable (``several_sheets``) and when none is: then it is about the first one that
    has a header. Where the `mapping` names a sheet, only that one is looked at.
    """
    sheets = _wanted(sheets, mapping)
    suitable: list[Found] = []
    of_headers: list[FileProblem] = []
    passed_over: list[Problem] = []
    others: list[Exception] = []
    top: Sequence[Cell] = []
    for name, part in sheets:
        try:
            sheet = Worksheet(package, part, name, book, limits)
            head = sheet.head(rows_to_search(mapping))
            header = find_header(head, kind, mapping)
        except (FileProblem, UnreadableError) as error:
            others.append(error)
            continue
        top = top or next((cells for _, cells in head if not all(map(is_blank, cells))), [])
        if header:
            try:
                match = match_header(kind, header.row, header.cells, name, header.groups, mapping)
                suitable.append((sheet, match))
            except FileProblem as problem:
                if problem.code == "similar_columns":
                    raise  # all required columns are there: not a sheet to pass over
                of_headers.append(problem)
                passed_over.append(_warning("sheet_passed_over", name))
        elif any(_is_wide(cells, kind) for _, cells in head):
            passed_over.append(_warning("sheet_without_header", name))
    if len(suitable) > 1:
        suitable = [found for found in suitable if _has_rows(*found)] or suitable[:1]
    if len(suitable) > 1:
        raise FileProblem("several_sheets", hojas=", ".join(f"«{shown(sheet.name)}»" for sheet, _ in suitable[:5]))
    if not suitable:
        raise [*of_headers, *others, _no_header(kind, top, sheets, mapping)][0]
    return (*suitable[0], tuple(passed_over[:_SAID]))


def _wanted(sheets: Sequence[tuple[str, str]], mapping: SheetMapping) -> Sequence[tuple[str, str]]:
    """The sheets among which the mapping lets one be chosen."""
    wanted = [sheet for sheet in sheets if sheet[0] == mapping.hoja] if mapping.hoja else sheets
    if not wanted:
        names = ", ".join(f"«{shown(name)}»" for name, _ in sheets[:_SAID])
        raise FileProblem("mapping_sheet_missing", hoja=shown(mapping.hoja), hojas=names)
    return wanted


def _no_header(
    kind: Sheet, top: Sequence[Cell], sheets: Sequence[tuple[str, str]], mapping: SheetMapping
) -> FileProblem:
    if top and mapping.fila_encabezado:
        return FileProblem("mapping_row_missing", hoja=shown(sheets[0][0]), fila=mapping.fila_encabezado)
    return no_header(kind, top)


def _is_wide(cells: Sequence[Cell], kind: Sheet) -> bool:
    """Whether a row may be one of a sheet of this `kind`: it has as many values as there are required columns."""
    required = sum(column.required for column in kind.columns)
    return sum(not is_blank(cell) for cell in cells) >= required


def _warning(code: str, name: str) -> Problem:
    return Problem(0, "", code, {"hoja": shown(name)}, shown(name), warning=True)


def _has_rows(sheet: Worksheet, header: HeaderMatch) -> bool:
    rows = itertools.islice(sheet.rows(), header.row, SHEET_ROWS)
    return any(cell != "" and not (isinstance(cell, str) and is_blank(cell)) for cells in rows for cell in cells)
