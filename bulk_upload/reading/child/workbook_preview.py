"""The preview of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from bulk_upload.checking.chunks import regrouped
from bulk_upload.checking.tables import Batch, Limits
from bulk_upload.reading.child.calamine import Book, UnreadableError
from bulk_upload.reading.child.cell_formats import CellFormats
from bulk_upload.reading.child.likely_header import likely_header
from bulk_upload.reading.child.merged_cells import MergedCells
from bulk_upload.reading.child.number_formats import format_codes
from bulk_upload.reading.child.previewing import PREVIEW_ROWS, FirstRows, Understood, as_match, assigned, preview
from bulk_upload.reading.child.sheet_choice import chosen_sheet
from bulk_upload.reading.child.sheet_list import read_workbook
from bulk_upload.reading.child.sheet_rows import SheetRows
from bulk_upload.reading.child.workbook import opened_book
from bulk_upload.reading.child.worksheet import Worksheet
from bulk_upload.reading.child.zip_package import Package, open_package
from bulk_upload.sheet.cells import Row
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_rows import HeaderRow, find_header, rows_to_search
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.preview import SheetPreview
from bulk_upload.sheet.problem_codes import HEADER_PROBLEMS, MAPPING_PROBLEMS
from bulk_upload.sheet.problems import FileProblem

# What another mapping can mend: the sheet and the row that it chooses are there.
_MENDED_BY_A_MAPPING: Final = (HEADER_PROBLEMS | MAPPING_PROBLEMS | {"several_sheets"}) - {
    "mapping_sheet_missing",
    "mapping_row_missing",
}


def preview_workbook(path: Path, kind: Sheet, limits: Limits, mapping: SheetMapping) -> SheetPreview:
    """Raises `FileProblem` for a file that cannot be read; what stands lower down is not looked at."""
    with open_package(path) as package, path.open("rb") as file:
        workbook = read_workbook(package)
        sheet, understood = _understood(kind, package, workbook.sheets, opened_book(file), limits, mapping)
        codes = format_codes(package.read(workbook.styles)) if workbook.styles and workbook.styles in package else []
        found = assigned(kind, understood.header, mapping, sheet.name)
        rows = _first_rows(sheet, as_match(kind, found, mapping), limits, path.stat().st_size, codes)
        return preview(kind, mapping, understood, found, rows)


def _understood(
    kind: Sheet,
    package: Package,
    sheets: Sequence[tuple[str, str]],
    book: Book | None,
    limits: Limits,
    mapping: SheetMapping,
) -> tuple[Worksheet, Understood]:
    """The sheet that the import would choose, else the one that most looks as if a mapping could mend it."""
    names = [name for name, _ in sheets]
    try:
        sheet, header, warnings = chosen_sheet(kind, package, sheets, book, limits, mapping)
    except FileProblem as problem:
        if problem.code not in _MENDED_BY_A_MAPPING:
            raise
        wanted = [
            partial(Worksheet, package, part, name, book, limits) for name, part in sheets if mapping.hoja in ("", name)
        ]
        likely = [found for opened in wanted if (found := _with_header(kind, opened, mapping, limits))]
        if not likely:
            raise
        _, sheet, row, head = max(likely, key=lambda found: found[0])
        return sheet, Understood(sheet.name, row, head, names, problem=problem)
    row = HeaderRow(header.row, header.lower, header.groups)
    return sheet, Understood(sheet.name, row, sheet.head(rows_to_search(mapping)), names, warnings=warnings)


def _with_header(
    kind: Sheet, opened: Callable[[], Worksheet], mapping: SheetMapping, limits: Limits
) -> tuple[int, Worksheet, HeaderRow, list[Row]] | None:
    """A sheet with its header, known or likely, and its first rows; before it how much it looks like data."""
    try:
        sheet = opened()
        head = sheet.head(rows_to_search(mapping))
    except (FileProblem, UnreadableError):
        return None
    known = find_header(head, kind, mapping)
    row = known or likely_header(head, mapping)
    if row is None:
        return None
    return len(row.cells) + (limits.max_columns if known else 0), sheet, row, head


def _first_rows(sheet: Worksheet, header: HeaderMatch, limits: Limits, size: int, codes: Sequence[str]) -> FirstRows:
    rows = SheetRows(sheet, header, limits, size, is_hopeful=True)
    try:
        batches, are_all = rows.first(PREVIEW_ROWS)
    except UnreadableError:
        if sheet.is_repaired:
            raise
        sheet.repair()
        return _first_rows(sheet, header, limits, size, codes)
    batch = next(regrouped(iter(batches), 1024), Batch([], []))
    if batch.numbers:
        formats = CellFormats(sheet, codes, rows.texts_with_numbers, rows.amounts_with_numbers)
        formats.apply(batch.numbers, batch.columns)
        MergedCells(sheet.merged, header).apply(batch.numbers, batch.columns)
    return FirstRows(batch, are_all)
