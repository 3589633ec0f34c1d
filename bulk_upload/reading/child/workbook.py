"""A workbook → `Table`. The library streams it, after the package was checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from bulk_upload.checking.tables import Limits, Table
from bulk_upload.reading.child.calamine import Book, UnreadableError
from bulk_upload.reading.child.cell_formats import CellFormats
from bulk_upload.reading.child.choice import chosen_sheet
from bulk_upload.reading.child.merged import MergedCells
from bulk_upload.reading.child.number_formats import format_codes
from bulk_upload.reading.child.package import open_package
from bulk_upload.reading.child.sheet_rows import SheetRows
from bulk_upload.reading.child.sheets import read_workbook
from bulk_upload.reading.child.spool import Spool
from bulk_upload.reading.child.worksheet import Worksheet
from bulk_upload.sheet.cells import Row
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.problems import FileProblem

BATCH_ROWS: Final = 250


@contextmanager
def open_workbook(path: Path, kind: Sheet, limits: Limits) -> Iterator[Table]:
    """The visible worksheet with all columns that sheets of this `kind` must have.

    Raises `FileProblem`, or whatever the libraries raise for a damaged file.
    """
    with open_package(path) as package, path.open("rb") as file:
        workbook = read_workbook(package)
        sheet, header, warnings = chosen_sheet(kind, package, workbook.sheets, _opened(file), limits)
        codes = format_codes(package.read(workbook.styles)) if workbook.styles and workbook.styles in package else []
        spool, rows = _read(path, sheet, header, limits)
        with spool:
            if not rows.total:
                raise FileProblem("empty_file")
            formats = CellFormats(sheet, codes, rows.texts_with_numbers, rows.amounts_with_numbers)
            batches = _batches(spool, formats, MergedCells(sheet.merged, header))
            yield Table(header, rows.total, batches, sheet=sheet.name, warnings=warnings)


def _read(path: Path, sheet: Worksheet, header: HeaderMatch, limits: Limits) -> tuple[Spool, SheetRows]:
    """All rows of `sheet`. What the library cannot read, it may read of a repaired copy."""
    spool, rows = Spool(path), SheetRows(sheet, header, limits)
    try:
        rows.read_into(spool)
    except UnreadableError:
        spool.close()
        if sheet.is_repaired:
            raise
        sheet.repair()
        return _read(path, sheet, header, limits)
    return spool, rows


def _batches(spool: Spool, formats: CellFormats, merged: MergedCells) -> Iterator[list[Row]]:
    """The rows in batches of which only the last is short."""
    rows: list[Row] = []
    for numbers, columns in spool.batches():
        formats.apply(numbers, columns)
        merged.apply(numbers, columns)
        rows += zip(numbers, map(list, zip(*columns, strict=True)), strict=True)
        if len(rows) >= BATCH_ROWS:
            yield rows
            rows = []
    if rows:
        yield rows


def _opened(file: BinaryIO) -> Book | None:
    """The workbook, or `None` when the library cannot open it.

    The library takes the kind of a workbook from the ending of its name, so it gets a name that has none. From a
    file object it would copy everything into memory.
    """
    try:
        return Book(Path(f"/dev/fd/{file.fileno()}"))
    except UnreadableError:
        return None
