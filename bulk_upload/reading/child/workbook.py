"""A workbook → `Table`. Read with calamine, after everything was checked."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO, Final

from python_calamine import CalamineSheet, CalamineWorkbook

from bulk_upload.cells import Cell, Row
from bulk_upload.headers import HEADER_SEARCH_ROWS, find_header, match_header
from bulk_upload.problems import FileProblem
from bulk_upload.reading.child.dates import without_dates
from bulk_upload.reading.child.number_formats import padded_styles
from bulk_upload.reading.child.package import MEGABYTE, open_package
from bulk_upload.reading.child.repair import needs_repair, repaired
from bulk_upload.reading.child.sheet_rows import SheetRows
from bulk_upload.reading.child.sheet_scan import scan
from bulk_upload.reading.child.sheets import read_workbook
from bulk_upload.reading.child.threads import started
from bulk_upload.reading.child.used_range import UsedRange
from bulk_upload.reading.table import Limits, Table

BATCH_ROWS: Final = 500
# Bytes of a sheet from which on it is loaded while it is still being checked. calamine asks for the memory of
# the whole used range last, and the check takes a third of its time: a cell far outside is found before.
# Were it ever not, the child would die of its memory limit, and the file be refused as too big.
LARGE_SHEET: Final = 8 * MEGABYTE


@contextmanager
def open_workbook(path: Path, limits: Limits) -> Iterator[Table]:
    """The first visible sheet with a known header.

    Raises `FileProblem`, or whatever the libraries raise for a damaged file.
    """
    for name, sheet in _visible_sheets(path, limits):
        header = find_header(itertools.takewhile(lambda row: row[0] <= HEADER_SEARCH_ROWS, sheet.rows()))
        if header:
            yield _table(name, sheet, *header, limits.max_rows)
            return
        del sheet  # before the next one is loaded
    raise FileProblem("no_header")


def _visible_sheets(path: Path, limits: Limits) -> Iterator[tuple[str, SheetRows]]:
    """The visible worksheets in the order of their tabs; each is loaded when its turn comes."""
    with open_package(path) as package, path.open("rb") as file:
        workbook = read_workbook(package)
        paddings = padded_styles(package.read(workbook.styles)) if workbook.styles else {}
        # Opened late: it loads all shared texts, before which the first sheet is checked.
        book = cache(lambda: CalamineWorkbook.from_path(_nameless_path(file)))
        for name, part in workbook.sheets:
            used = UsedRange(name, limits.max_rows, limits.max_columns)
            load: Callable[[], CalamineSheet] = partial(lambda name: book().get_sheet_by_name(name), name)
            large = package.size(part) > LARGE_SHEET
            if large:
                load = started(load)
            marks = scan(package, part, used, paddings)
            if needs_repair(marks):
                if large:
                    with suppress(BaseException):
                        load()  # of no use, but the book is not to be used by two at once
                sheet = CalamineWorkbook.from_filelike(repaired(package, part)).get_sheet_by_name(name)
            else:
                sheet = load()
            yield name, SheetRows(sheet, marks)


def _nameless_path(file: BinaryIO) -> str:
    """A path for calamine, which takes the kind of workbook from a name's ending: this one has none.

    From a file object it would first copy everything into memory.
    """
    return f"/dev/fd/{file.fileno()}"


def _table(name: str, sheet: SheetRows, row: int, cells: Sequence[Cell], max_rows: int) -> Table:
    header = match_header(row, without_dates([cells])[0], name)
    # One more than allowed tells enough.
    total = sum(1 for _ in itertools.islice(sheet.data(header), max_rows + 1))
    if total > max_rows:
        raise FileProblem("too_many_rows", maximo=max_rows)
    if not total:
        raise FileProblem("empty_file")
    return Table(header, total, _batches(sheet.data(header)), sheet=name)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(itertools.islice(rows, BATCH_ROWS)):
        numbers, cells = zip(*batch, strict=True)
        yield list(zip(numbers, without_dates(cells), strict=True))
