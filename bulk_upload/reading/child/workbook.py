"""A workbook as the messages that the child sends. Read with calamine, after everything was checked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from python_calamine import CalamineWorkbook

from bulk_upload.cells import Cell
from bulk_upload.headers import HEADER_SEARCH_ROWS, find_header, match_header
from bulk_upload.problems import FileProblem
from bulk_upload.reading import wire
from bulk_upload.reading.child.number_formats import padded_styles
from bulk_upload.reading.child.package import open_package
from bulk_upload.reading.child.repair import needs_repair, repaired
from bulk_upload.reading.child.sheet_rows import SheetRows
from bulk_upload.reading.child.sheet_scan import scan
from bulk_upload.reading.child.sheets import read_workbook
from bulk_upload.reading.child.used_range import UsedRange
from bulk_upload.reading.table import Limits

BATCH_ROWS: Final = 500


def messages(path: Path, limits: Limits) -> Iterator[wire.Message]:
    """The first visible sheet with a known header: ``table``, ``rows`` in batches, ``end``.

    Raises `FileProblem`, or whatever the libraries raise for a damaged file.
    """
    for name, sheet in _visible_sheets(path, limits):
        header = find_header(itertools.takewhile(lambda row: row[0] <= HEADER_SEARCH_ROWS, sheet.rows()))
        if header:
            yield from _told(name, sheet, *header, limits.max_rows)
            return
        del sheet  # before the next one is loaded
    raise FileProblem("no_header")


def _visible_sheets(path: Path, limits: Limits) -> Iterator[tuple[str, SheetRows]]:
    """The visible worksheets in the order of their tabs; each is loaded when its turn comes."""
    with open_package(path) as package, path.open("rb") as file:
        workbook = read_workbook(package)
        paddings = padded_styles(package.read(workbook.styles)) if workbook.styles else {}
        book: CalamineWorkbook | None = None
        for name, part in workbook.sheets:
            marks = scan(package, part, UsedRange(name, limits.max_rows, limits.max_columns), paddings)
            if needs_repair(marks):
                readable = CalamineWorkbook.from_filelike(repaired(package, part))
            else:
                # Opened late: it loads all shared texts, before which the first sheet is checked.
                readable = book = book or CalamineWorkbook.from_path(_nameless_path(file))
            yield name, SheetRows(readable.get_sheet_by_name(name), marks)


def _nameless_path(file: BinaryIO) -> str:
    """A path for calamine, which takes the kind of workbook from a name's ending: this one has none.

    From a file object it would first copy everything into memory.
    """
    return f"/dev/fd/{file.fileno()}"


def _told(name: str, sheet: SheetRows, row: int, cells: Sequence[Cell], max_rows: int) -> Iterator[wire.Message]:
    cells = [wire.date_cell(cell) if isinstance(cell, wire.Date) else cell for cell in cells]
    header = match_header(row, cells, name)
    # One more than allowed tells enough.
    total = sum(1 for _ in itertools.islice(sheet.data(header), max_rows + 1))
    if total > max_rows:
        raise FileProblem("too_many_rows", maximo=max_rows)
    if not total:
        raise FileProblem("empty_file")
    yield ["table", name, row, cells, total]
    rows = sheet.data(header)
    while batch := list(itertools.islice(rows, BATCH_ROWS)):
        yield ["rows", [(number, [None if cell == "" else cell for cell in cells]) for number, cells in batch]]
    yield ["end"]
