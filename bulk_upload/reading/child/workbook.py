"""A workbook → `Table`. The library streams it, after the package was checked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bulk_upload.checking.tables import Batch, ColumnTable, Limits, Table
from bulk_upload.reading.child.calamine import Book, UnreadableError
from bulk_upload.reading.child.cell_formats import CellFormats
from bulk_upload.reading.child.merged_cells import MergedCells
from bulk_upload.reading.child.number_formats import format_codes
from bulk_upload.reading.child.sheet_choice import chosen_sheet
from bulk_upload.reading.child.sheet_list import read_workbook
from bulk_upload.reading.child.sheet_rows import MayLackResultsError, SheetRows
from bulk_upload.reading.child.spool import Spool
from bulk_upload.reading.child.worksheet import Worksheet
from bulk_upload.reading.child.zip_package import open_package
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.problems import FileProblem


@contextmanager
def open_workbook(path: Path, kind: Sheet, limits: Limits, mapping: SheetMapping = NO_MAPPING) -> Iterator[ColumnTable]:
    """The visible worksheet with all columns that sheets of this `kind` must have.

    Raises `FileProblem`, or whatever the libraries raise for a damaged file, here or while batches are taken.
    """
    with open_package(path) as package, path.open("rb") as file:
        workbook = read_workbook(package)
        sheet, header, warnings = chosen_sheet(kind, package, workbook.sheets, opened_book(file), limits, mapping)
        codes = format_codes(package.read(workbook.styles)) if workbook.styles and workbook.styles in package else []
        read = _Reading(path, sheet, header, limits, codes)
        if total := read.rows().expected():
            yield Table(header, total, read.streamed(), sheet=sheet.name, warnings=warnings)
            return
        with read.spooled() as (total, batches):
            yield Table(header, total, batches, sheet=sheet.name, warnings=warnings)


class _Reading:
    """The two ways of reading a sheet: as it is streamed, or with a look at all of it before the first row is given."""

    def __init__(self, path: Path, sheet: Worksheet, header: HeaderMatch, limits: Limits, codes: Sequence[str]) -> None:
        self._path = path
        self._sheet = sheet
        self._header = header
        self._limits = limits
        self._codes = codes

    def streamed(self) -> Iterator[Batch]:
        """The rows while the rest of the sheet is still being read.

        Where that cannot be gone on with, because the library stumbles, the format of a number says something or a
        formula may have no result, the rest comes in the other way.
        """
        last = 0
        rows, merged = self.rows(is_hopeful=True), MergedCells(self._sheet.merged, self._header)
        try:
            for batch in rows.batches():
                if self._formats(rows).change_values:
                    break
                merged.apply(batch.numbers, batch.columns)
                yield batch
                last = batch.numbers[-1]
            else:
                if not last:
                    raise FileProblem("empty_file")
                return
        except MayLackResultsError:
            pass
        except UnreadableError:
            if self._sheet.is_repaired:
                raise
        with self.spooled() as (_, batches):
            yield from (rest for batch in batches if (rest := _after(last, batch)).numbers)

    @contextmanager
    def spooled(self) -> Iterator[tuple[int, Iterator[Batch]]]:
        """How many rows there are, and the rows. What the library cannot read, it may read of a repaired copy."""
        with Spool() as spool:
            rows = self.rows()
            try:
                spool.take(rows.batches())
            except UnreadableError:
                if self._sheet.is_repaired:
                    raise
                self._sheet.repair()
                rows = self.rows()
                spool.take(rows.batches())
            if not rows.total:
                raise FileProblem("empty_file")
            yield rows.total, self._formatted(spool, self._formats(rows))

    def _formatted(self, spool: Spool, formats: CellFormats) -> Iterator[Batch]:
        merged = MergedCells(self._sheet.merged, self._header)
        for batch in spool.batches():
            formats.apply(batch.numbers, batch.columns)
            merged.apply(batch.numbers, batch.columns)
            yield batch

    def rows(self, *, is_hopeful: bool = False) -> SheetRows:
        size = self._path.stat().st_size
        return SheetRows(self._sheet, self._header, self._limits, size, is_hopeful=is_hopeful)

    def _formats(self, rows: SheetRows) -> CellFormats:
        return CellFormats(self._sheet, self._codes, rows.texts_with_numbers, rows.amounts_with_numbers)


def _after(last: int, batch: Batch) -> Batch:
    """The rows of the batch below row `last`."""
    done = bisect_right(batch.numbers, last)
    return Batch(batch.numbers[done:], [column[done:] for column in batch.columns]) if done else batch


def opened_book(file: BinaryIO) -> Book | None:
    """The workbook, or `None` when the library cannot open it.

    The library takes the kind of a workbook from the ending of its name, so it gets a name that has none. From a
    file object it would copy everything into memory.
    """
    try:
        return Book(Path(f"/dev/fd/{file.fileno()}"))
    except UnreadableError:
        return None
