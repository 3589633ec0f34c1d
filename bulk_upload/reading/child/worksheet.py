"""One sheet of a workbook: its rows as the library streams them, or those of a repaired copy."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterator, Sequence
from typing import Final

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.calamine import Book, RichCell, UnreadableError, Value
from bulk_upload.reading.child.library_values import to_cell
from bulk_upload.reading.child.sheet_repair import KNOWN_ERRORS, repaired
from bulk_upload.reading.child.sheet_xml import (
    first_beyond,
    has_errors,
    may_lack_results,
    repeats_a_place,
    sheet_facts,
)
from bulk_upload.reading.child.zip_package import Package
from bulk_upload.sheet.cells import Cell, Row
from bulk_upload.sheet.header_rows import HEADER_SEARCH_ROWS
from bulk_upload.sheet.problems import FileProblem, shown

# What Excel has; ECMA-376 part 1, section 18.3.1.73, leaves it open.
SHEET_ROWS: Final = 1_048_576
# Blank rows after which a cell outside the known columns is a stray one.
FAR_ROWS: Final = 10_000
# Characters of a cell in which a header is looked for: the longest known one has a fifth of it.
HEADER_LENGTH: Final = 200


class Worksheet:
    """The sheet named `name`, in the package's `part`.

    `book` is the workbook that it is in, `None` when the library cannot open that as it is. Raises `FileProblem` or
    `UnreadableError`, as do its methods.
    """

    def __init__(self, package: Package, part: str, name: str, book: Book | None, limits: Limits) -> None:
        self.name = name
        self._package = package
        self._part = part
        self._limits = limits
        self._facts = sheet_facts(package, part)
        self._errors: frozenset[str] | set[str] = KNOWN_ERRORS
        self.is_repaired = False
        if book is None or not self._facts.is_regular:
            self.repair()
        else:
            self.book = book

    def repair(self) -> None:
        """From now on read a copy without what the library stumbles over."""
        copy, self._facts, self._errors = repaired(self._package, self._part)
        self.is_repaired = True
        self.book = Book(copy)

    @property
    def errors(self) -> frozenset[str] | set[str]:
        """The texts of cells that are errors. The first time the whole sheet is searched for one."""
        if self._facts.has_errors is None:
            self._facts.has_errors = has_errors(self._package, self._part)
        return self._errors if self._facts.has_errors else frozenset()

    @property
    def may_lack_results(self) -> bool:
        """Whether a formula may have no result. The first time the whole sheet is searched for one."""
        if self._facts.may_lack_results is None:
            self._facts.may_lack_results = may_lack_results(self._package, self._part)
        return self._facts.may_lack_results

    @property
    def merged(self) -> Sequence[tuple[int, int, int, int]]:
        return self._facts.merged

    def head(self, count: int = HEADER_SEARCH_ROWS) -> list[Row]:
        """The first rows, in which the header is; long texts are cut."""
        try:
            rows = enumerate(itertools.islice(self.rows(), count), start=1)
            return [(number, [_cut(cell) for cell in cells]) for number, cells in rows]
        except UnreadableError:
            if self.is_repaired:
                raise
            self.repair()
            return self.head(count)

    def rows(self) -> Iterator[list[Value]]:
        return self.book.rows(self.name, self._last_column())

    def cells(self, first_column: int, last_column: int) -> Iterator[list[RichCell]]:
        """As `rows`, with formula and style. The rich stream also reads links and notes, and may stumble over those."""
        try:
            return self.book.cells(self.name, first_column, last_column)
        except UnreadableError:
            if self.is_repaired:
                raise
            self.repair()
            return self.cells(first_column, last_column)

    def _last_column(self) -> int | None:
        """Where rows must end, if the sheet says that it is wider than allowed, true or not."""
        said, most = self._facts.last_column, self._limits.max_columns
        return most - 1 if said is not None and said >= most else None

    def rows_said(self) -> int:
        """How many rows may have a value, as the XML says before it is streamed; 0 where that is not sure to be all.

        Nor is it where cells may lie far below or right of the others.
        """
        facts = self._facts
        if self.is_repaired or facts.last_row is None or self._last_column() is not None:
            return 0
        return facts.rows if facts.last_row - facts.rows <= FAR_ROWS else 0

    def has_counted(self, values: int) -> bool:
        """Whether `values`, those that were streamed, are all that the sheet holds, as far as that can be said."""
        return self.is_repaired or values == self._facts.cells

    def check_count(self, values: int) -> None:
        """Raises `FileProblem` when `values`, those that were streamed, are not all that the sheet holds."""
        if self.has_counted(values):
            return
        place = "" if self._last_column() is None else first_beyond(self._package, self._part, self._limits.max_columns)
        if place:
            raise self.too_wide(place)
        self.check_places()

    def marks(self) -> list[tuple[int, int]]:
        """Numbers of rows, and how many cells there are before each of them."""
        return [] if self.is_repaired else self._facts.marks

    def check_places(self) -> None:
        """Raises `FileProblem` when two cells are in one place, of which the library gives only one.

        Empty cells are why it is asked, most of the time.
        """
        repeats = repeats_a_place(self._package, self._part)
        if repeats is None:
            repaired(self._package, self._part)  # refuses such a sheet
        if repeats:
            raise FileProblem("damaged_file")

    def too_wide(self, place: str) -> FileProblem:
        """The problem of a sheet whose cell `place` has a value and lies right of the columns that are allowed."""
        column = place.rstrip("0123456789")
        most = self._limits.max_columns
        return FileProblem("too_many_columns", hoja=shown(self.name), columna=column, celda=place, maximo=most)

    def formulas_without_result(self, first_column: int, last_column: int) -> dict[int, array[int]]:
        """The rows of such cells by column, in order."""
        found: dict[int, array[int]] = {}
        if not self.may_lack_results:
            return found
        rows = itertools.islice(self.cells(first_column, last_column), SHEET_ROWS)
        for number, cells in enumerate(rows, start=1):
            for cell in cells:
                if cell.formula is not None and _lacks_result(cell):
                    found.setdefault(cell.column, array("I")).append(number)
        return found


def _lacks_result(cell: RichCell) -> bool:
    # A formula may have the empty text as its result.
    return cell.value == "" and cell.data_type != "s"


def _cut(value: Value) -> Cell:
    return value[:HEADER_LENGTH] if isinstance(value, str) else to_cell(value)
