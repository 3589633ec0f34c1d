"""The preview of a workbook."""

from __future__ import annotations

from collections.abc import Sequence
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
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_rows import HeaderRow, find_header, rows_to_search
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.preview import SheetPreview
from bulk_upload.sheet.problems import FileProblem

# What another mapping can mend: the file was read.
_MENDED_BY_A_MAPPING: Final = frozenset(
    [
        *("no_header", "missing_columns", "missing_columns_similar", "similar_columns", "duplicate_column"),
        *("several_sheets", "mapping_column_missing", "mapping_column_ambiguous", "mapping_same_column"),
        "mapping_constant_beside_column",
    ]
)


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
    """The sheet that the import would choose, else the first one that has a header, or looks as if it had."""
    names = [name for name, _ in sheets]
    try:
        sheet, header, warnings = chosen_sheet(kind, package, sheets, book, limits, mapping)
        head = sheet.head(rows_to_search(mapping))
        found = HeaderRow(header.row, header.lower, header.groups)
        return sheet, Understood(sheet.name, found, head, names, warnings=warnings)
    except FileProblem as error:
        if error.code not in _MENDED_BY_A_MAPPING:
            raise
        problem = error
    best: tuple[int, Worksheet, Understood] | None = None
    for name, part in sheets:
        if mapping.hoja not in ("", name):
            continue
        try:
            sheet = Worksheet(package, part, name, book, limits)
            head = sheet.head(rows_to_search(mapping))
        except (FileProblem, UnreadableError):
            continue
        known = find_header(head, kind, mapping)
        if row := known or likely_header(head, mapping):
            rank = len(row.cells) + (limits.max_columns if known else 0)
            if best is None or rank > best[0]:
                best = rank, sheet, Understood(name, row, head, names, problem=problem)
    if best is None:
        raise problem
    return best[1:]


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
