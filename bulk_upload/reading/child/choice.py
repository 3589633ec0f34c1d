"""Which sheet of a workbook is imported: the only visible one that has all required columns, and rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from bulk_upload.cells import is_blank
from bulk_upload.headers import HeaderMatch, find_header, match_header
from bulk_upload.problems import FileProblem, shown
from bulk_upload.reading.child.calamine import Book, UnreadableError
from bulk_upload.reading.child.package import Package
from bulk_upload.reading.child.sheet import Sheet
from bulk_upload.reading.table import Limits

Found = tuple[Sheet, HeaderMatch]


def chosen_sheet(package: Package, sheets: Sequence[tuple[str, str]], book: Book | None, limits: Limits) -> Found:
    """The sheet among `sheets`, names and parts in the order of their tabs.

    Sheets without all required columns are passed over. Raises `FileProblem` when several are suitable
    (``several_sheets``) and when none is: then it is about the first one that has a header.
    """
    suitable: list[Found] = []
    of_headers: list[FileProblem] = []
    others: list[Exception] = []
    for name, part in sheets:
        try:
            sheet = Sheet(package, part, name, book, limits)
            header = find_header(sheet.head())
        except (FileProblem, UnreadableError) as error:
            others.append(error)
            continue
        if header:
            try:
                suitable.append((sheet, match_header(*header, name)))
            except FileProblem as problem:
                of_headers.append(problem)
    if len(suitable) > 1:
        suitable = [found for found in suitable if _has_rows(*found)] or suitable[:1]
    if len(suitable) > 1:
        raise FileProblem("several_sheets", hojas=", ".join(f"«{shown(sheet.name)}»" for sheet, _ in suitable[:5]))
    if not suitable:
        raise [*of_headers, *others, FileProblem("no_header")][0]
    return suitable[0]


def _has_rows(sheet: Sheet, header: HeaderMatch) -> bool:
    rows = itertools.islice(sheet.rows(), header.row, None)
    return any(cell != "" and not (isinstance(cell, str) and is_blank(cell)) for cells in rows for cell in cells)
