"""The rows of a sheet below its header: blank ones left out, cells as `bulk_upload.sheet.cells` has them."""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Final, cast

from bulk_upload.checking.tables import Batch, Limits
from bulk_upload.reading.child.calamine import Value
from bulk_upload.reading.child.library_values import to_cells, with_errors
from bulk_upload.reading.child.worksheet import FAR_ROWS, SHEET_ROWS, Worksheet
from bulk_upload.reading.child.zip_package import MEGABYTE
from bulk_upload.sheet.cells import Cell, UnreadCell, column_letter, is_blank
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.problems import FileProblem, shown

# Characters that a file may come to: a text that many cells share stands only once in the file.
_LEAST_TEXT: Final = 64 * MEGABYTE
_TIMES_THE_FILE: Final = 200
# Rows, and characters, of a batch.
_MOST_ROWS: Final = 256
_FIRST_ROWS: Final = 4
_COMFORTABLE: Final = 1024 * 1024
_NO_RESULT: Final = UnreadCell("formula_without_result", "")


class MayLackResultsError(Exception):
    """The sheet may have formulas without a result, which the stream does not tell from blank cells."""


class SheetRows:
    """Reads `sheet`. Afterwards `total` counts its rows, and the columns with numbers are known.

    Formulas without a result are found before the first row, or else, with `is_hopeful`, they raise
    `MayLackResultsError`.
    """

    def __init__(
        self, sheet: Worksheet, header: HeaderMatch, limits: Limits, file_size: int, *, is_hopeful: bool = False
    ) -> None:
        self._sheet = sheet
        self._room = _LEAST_TEXT + _TIMES_THE_FILE * file_size
        self._header = header
        self._limits = limits
        self._known = sorted(header.positions.values()) or [0]
        # A column that is rarely blank: a row with a value there is not blank.
        required = [c.name for c in header.sheet.columns if c.required and c.name in header.positions]
        self._key = header.positions[required[0]] if required else self._known[0]
        kinds = {place: header.sheet.column(name).kind for name, place in header.positions.items()}
        self._texts = {place for place, kind in kinds.items() if kind in ("code", "text")}
        self._amounts = {place for place, kind in kinds.items() if kind in ("decimal", "integer")}
        self._is_hopeful = is_hopeful
        self._unread: dict[int, array[int]] = {}
        self._next = 1  # the number of the next row
        self._last = header.row  # the last row that is not blank
        self._values = 0
        self._marks = sheet.marks()[::-1]
        self._are_places_checked = sheet.is_repaired
        self.total = 0
        self.texts_with_numbers: set[int] = set()
        self.amounts_with_numbers: set[int] = set()

    def expected(self) -> int:
        """How many rows there will be at most; 0 where that cannot be said before they are read."""
        said = self._sheet.rows_said()
        above = sum(
            any(cell != "" for cell in cells) for cells in itertools.islice(self._sheet.rows(), self._header.row)
        )
        return max(said - above, 0) if said - above <= self._limits.max_rows else 0

    def batches(self) -> Iterator[Batch]:
        """Raises `FileProblem`, or what the library raises for a sheet that it cannot read.

        A batch comes once it is sure that no two of its cells were in one place.
        """
        held: list[Batch] = []
        characters = 0
        for batch, size in self._read():
            held.append(batch)
            characters += size
            if self._is_checked(characters):
                yield from held
                held.clear()
                characters = 0
        if not self._sheet.has_counted(self._values):
            self._look_for_formulas()
            self._sheet.check_count(self._values)
        yield from held

    def first(self, count: int) -> tuple[list[Batch], bool]:
        """The first rows, `count` or a few more, and whether they are all; nothing is said of the rest of the sheet."""
        found: list[Batch] = []
        for batch, _ in self._read():
            found.append(batch)
            if self.total > count:
                return found, False
        return found, True

    def _is_checked(self, held: int) -> bool:
        """Whether all cells so far are accounted for; `held` are about the characters that are waiting for it."""
        if self._are_places_checked:
            return True
        mark, cells = self._marks[-1] if self._marks else (0, 0)
        if self._next == mark and self._values == cells:
            return True
        if self._next != mark and held < _COMFORTABLE:
            return False
        self._look_for_formulas()
        self._sheet.check_places()
        self._are_places_checked = True
        return True

    def _look_for_formulas(self) -> None:
        if self._is_hopeful and self._sheet.may_lack_results:
            raise MayLackResultsError

    def _read(self) -> Iterator[tuple[Batch, int]]:
        """The batches, each with its characters."""
        if not self._is_hopeful:
            self._unread = self._sheet.formulas_without_result(self._known[0], self._known[-1])
        rows = self._sheet.rows()
        for cells in itertools.islice(rows, self._header.row):
            self._values += len(cells) - cells.count("")
            self._check_width(self._next, [cells])
            self._next += 1
        size = _FIRST_ROWS
        while batch := list(itertools.islice(rows, self._up_to_mark(size))):
            number = self._next
            columns = self._columns(number, batch)
            if number > SHEET_ROWS:
                raise FileProblem("too_many_rows", maximo=self._limits.max_rows)
            self._next += len(batch)
            characters, may_hold_errors = _texts(columns)
            if may_hold_errors and (errors := self._sheet.errors):
                columns = [with_errors(column, errors) for column in columns]
            self._room -= characters
            if self._room < 0:
                raise FileProblem("too_big_to_read")
            size = min(2 * size, _MOST_ROWS) if characters < _COMFORTABLE else max(size // 4, 1)
            if kept := self._kept(number, columns, len(batch)):
                yield kept, characters
        yield from ((batch, 0) for batch in self._formulas(self._next))

    def _up_to_mark(self, size: int) -> int:
        while self._marks and self._marks[-1][0] <= self._next:
            self._marks.pop()
        return min(size, self._marks[-1][0] - self._next) if self._marks else size

    def _columns(self, first: int, batch: list[list[Value]]) -> list[Sequence[Cell]]:
        """The cells by column, as `Cell` has them; blank columns at the right are left out."""
        if not any(map(any, batch)) and all(cells.count("") == len(cells) for cells in batch):
            return []
        columns: list[Sequence[Value]] = list(itertools.zip_longest(*batch, fillvalue=""))
        if len(columns) > self._limits.max_columns:
            self._check_width(first, batch)
        blank, found = ("",) * len(batch), list[Sequence[Cell]]()
        width = 0
        for place, column in enumerate(columns, start=1):
            values = len(batch) - column.count("")
            if values:
                self._values += values
                width = place
            found.append(to_cells(column) if values else blank)
        return found[:width]

    def _check_width(self, first: int, batch: list[list[Value]]) -> None:
        most = self._limits.max_columns
        for number, cells in enumerate(batch, start=first):
            for place, cell in enumerate(cells[most:], start=most):
                if cell != "":
                    raise self._sheet.too_wide(f"{column_letter(place)}{number}")

    def _kept(self, first: int, columns: list[Sequence[Cell]], count: int) -> Batch | None:
        """The rows from number `first` on that are not blank, if there are any."""
        columns = self._with_unread(first, columns, count)
        if not columns:
            return None
        numbers = list(range(first, first + count))
        keys = columns[self._key] if self._key < len(columns) else [None] * count
        if not _are_full(keys):
            full = [not is_blank(key) or not all(is_blank(c[at]) for c in columns) for at, key in enumerate(keys)]
            numbers = list(compress(numbers, full))
            columns = [list(compress(column, full)) for column in columns]
        if not numbers:
            return None
        if numbers[0] > self._last + FAR_ROWS:
            self._refuse_stray(numbers[0], columns)
        self._last = numbers[-1]
        self.total += len(numbers)
        if self.total > self._limits.max_rows:
            raise FileProblem("too_many_rows", maximo=self._limits.max_rows)
        self._look_for_numbers(columns)
        return Batch(numbers, columns)

    def _refuse_stray(self, number: int, columns: list[Sequence[Cell]]) -> None:
        places = [place for place, column in enumerate(columns) if not is_blank(column[0])]
        if not set(self._known).intersection(places):
            raise FileProblem("far_cell", hoja=shown(self._sheet.name), celda=f"{column_letter(places[0])}{number}")

    def _look_for_numbers(self, columns: list[Sequence[Cell]]) -> None:
        for places, found in (
            (self._texts, self.texts_with_numbers),
            (self._amounts, self.amounts_with_numbers),
        ):
            found.update(p for p in places - found if p < len(columns) and float in set(map(type, columns[p])))

    def _with_unread(self, first: int, columns: list[Sequence[Cell]], count: int) -> list[Sequence[Cell]]:
        """`columns` with the formulas that have no result, in the known columns."""
        for place in self._known:
            rows = self._unread.get(place)
            if rows is None:
                continue
            found = rows[bisect_left(rows, first) : bisect_right(rows, first + count - 1)]
            if found:
                columns += [[""] * count for _ in range(place + 1 - len(columns))]
                cells = list(columns[place])
                for number in found:
                    cells[number - first] = _NO_RESULT
                columns[place] = cells
        return columns

    def _formulas(self, first: int) -> Iterator[Batch]:
        """Rows after the last value, in which there are only formulas without a result."""
        last = max((rows[-1] for rows in self._unread.values()), default=0)
        for start in range(first, last + 1, _MOST_ROWS):
            if batch := self._kept(start, [], min(_MOST_ROWS, last - start + 1)):
                yield batch


def _texts(columns: Sequence[Sequence[Cell]]) -> tuple[int, bool]:
    """How long the texts are, about, and whether one may be an error. Columns with other cells have no length."""
    total, may_hold_errors = 0, False
    for column in columns:
        try:
            joined = "".join(cast(Sequence[str], column))
        except TypeError:
            may_hold_errors = may_hold_errors or str in set(map(type, column))
            continue
        total += len(joined)
        may_hold_errors = may_hold_errors or "#" in joined or "Err:" in joined
    return total, may_hold_errors


def _are_full(cells: Sequence[Cell]) -> bool:
    """Whether no cell is blank, as far as that is seen at a glance."""
    if set(map(type, cells)) != {str}:
        return False
    texts = cast(Sequence[str], cells)
    return "".join(texts).isascii() and all(map(str.strip, texts))
