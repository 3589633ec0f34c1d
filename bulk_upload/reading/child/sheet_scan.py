"""A pass over a sheet's XML before calamine allocates anything: how far it reaches, and its marks.

Every import pays for this pass, so a regular sheet is searched as bytes. A sheet written in any other
way that XML allows goes through a real parser (`sheet_scan_exact`), ten times slower. Both find the same.

ECMA-376 part 1, sections 18.3.1.4 (c) and 18.18.11 (cell types).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from bulk_upload.cells import ErrorCell, column_letter
from bulk_upload.reading.child.marks import Marks
from bulk_upload.reading.child.number_formats import Padding
from bulk_upload.reading.child.package import Package
from bulk_upload.reading.child.regular_sheet import IrregularError, RegularSheet
from bulk_upload.reading.child.sheet_scan_exact import scan_exactly
from bulk_upload.reading.child.used_range import SHEET_ROWS, UsedRange, column_index


def scan(package: Package, part: str, used: UsedRange, paddings: Mapping[int, Padding]) -> Marks:
    """The marks of the sheet in `part`; `paddings` are the styles to look for.

    Raises `FileProblem` when a cell outside `used` holds something, or the XML is not to be read.
    """
    try:
        with package.open(part) as stream:
            return RegularScan(RegularSheet(stream), used, paddings).run()
    except IrregularError:
        with package.open(part) as stream:
            return scan_exactly(stream, used, paddings)


class RegularScan:
    """Searches a regular sheet, with no Python work for an ordinary cell."""

    def __init__(self, sheet: RegularSheet, used: UsedRange, paddings: Mapping[int, Padding]) -> None:
        self._sheet = sheet
        self._used = used
        self._paddings = {str(style).encode(): padding for style, padding in paddings.items()}
        self._patterns = _Patterns(sheet.prefix, used.max_columns, self._paddings)
        self._marks = Marks()
        self._columns: dict[bytes, int] = {}

    def run(self) -> Marks:
        odd_cell = self._patterns.odd_cell
        for cells in self._sheet.pieces():
            # A comment or CDATA: what looks like a cell may be none. One byte is found much faster than two.
            if b"!" in cells and b"<!" in cells:
                raise IrregularError
            for match in odd_cell.finditer(cells):
                self._look_at(cells, match.start())
            if b't="e"' in cells:
                self._mark_errors(cells)
            if self._paddings:
                self._mark_padded(cells)
        return self._marks

    def _column(self, letters: bytes) -> int:
        index = self._columns.get(letters)
        if index is None:
            index = self._columns[letters] = column_index(letters.decode())
        return index

    def _look_at(self, cells: bytes, start: int) -> None:
        """A cell that is irregular, or lies outside; there it may be formatted, but must be empty."""
        place = self._patterns.place.match(cells, start)
        if not place:
            raise IrregularError
        if self._patterns.content.search(cells, place.end(), self._end_of_cell(cells, place.end())):
            self._used.check(int(place[2]), self._column(place[1]))

    def _end_of_cell(self, cells: bytes, start: int) -> int:
        """Where the next cell begins."""
        following = self._patterns.cell.search(cells, start)
        return following.start() if following else len(cells)

    def _mark_padded(self, cells: bytes) -> None:
        for letters, row, style in self._patterns.padded_cell.findall(cells):
            padding = self._paddings.get(style)
            if padding:
                self._marks.add(int(row), self._column(letters), padding)

    def _mark_errors(self, cells: bytes) -> None:
        for match in _ERROR.finditer(cells):
            place = self._patterns.place.match(cells, cells.rfind(b"<", 0, match.start()))
            value = self._patterns.value.search(cells, match.end(), self._end_of_cell(cells, match.end()))
            if place and value:
                if b"&" in value[1]:
                    raise IrregularError  # No error's name needs an escape.
                self._marks.add(int(place[2]), self._column(place[1]), ErrorCell(value[1].decode()))


_ERROR: Final = re.compile(rb' t="e"')


class _Patterns:
    """What is searched for, with the sheet's prefix."""

    def __init__(self, prefix: bytes, max_columns: int, styles: Collection[bytes]) -> None:
        self.cell = re.compile(rb"<%bc[\s/>]" % prefix)
        self.place = re.compile(rb'<%bc r="([A-Z]{1,3})([1-9]\d{0,9})"' % prefix)
        self.value = re.compile(rb"<%bv[^>]*>([^<]+)<" % prefix)
        self.content = re.compile(rb"<%bv[^>]*>[^<]|<%bis[\s>]" % (prefix, prefix))
        self.odd_cell = _odd_cell(prefix.decode(), max_columns)
        # Many styles are looked up one by one: a choice of hundreds is slow to search for.
        style = b"|".join(styles) if len(styles) < 20 else rb"\d+"
        self.padded_cell = re.compile(
            rb'<%bc r="([A-Z]+)(\d+)"[^<>]*? s="(%b)"[^<>/]*>(?!</%bc>)' % (prefix, style, prefix)
        )


def _odd_cell(prefix: str, max_columns: int) -> re.Pattern[bytes]:
    """A cell that is not written as expected, or that lies outside and is not plainly empty."""
    columns = _up_to(column_letter(max_columns - 1), "A", "A", "Z")
    rows = _up_to(str(SHEET_ROWS), "1", "0", "9")
    inside = f' r="(?:{columns})(?:{rows})"[ />]'
    empty = r' r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]+")?(?:/>|></'
    empty += f"{prefix}c>)"
    return re.compile(f"<{prefix}c(?=[\\s/>])(?!{inside})(?!{empty})".encode())


def _up_to(last: str, start: str, lowest: str, highest: str) -> str:
    """A pattern of the words up to `last`, in the order of numbers, over the letters `lowest` to `highest`.

    `start` is the lowest first letter.
    """
    some = f"[{lowest}-{highest}]"
    words = [f"[{start}-{highest}]{some}{{0,{len(last) - 2}}}"] if len(last) > 1 else []
    for place, letter in enumerate(last):
        low = lowest if place else start
        if letter > low:
            words.append(f"{last[:place]}[{low}-{chr(ord(letter) - 1)}]{some}{{{len(last) - place - 1}}}")
    return "|".join([*words, last])
