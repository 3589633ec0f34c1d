"""A pass over a sheet's XML before calamine allocates anything: how far it reaches, and its marks.

Every import pays for this pass, so ordinary sheets are searched as bytes, with no Python work for an
ordinary cell (`RegularScan`). A sheet written in any other way that XML allows goes through a real
parser (`sheet_scan_exact`), several times slower. Both find the same.

ECMA-376 part 1, sections 18.3.1.4 (c), 18.3.1.73 (row) and 18.18.11 (cell types).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import IO, Final

from bulk_upload.cells import ErrorCell, column_letter
from bulk_upload.reading.child.marks import Marks
from bulk_upload.reading.child.number_formats import Padding
from bulk_upload.reading.child.package import Package
from bulk_upload.reading.child.sheet_scan_exact import scan_exactly
from bulk_upload.reading.child.used_range import SHEET_ROWS, UsedRange, column_index

_BLOCK: Final = 1024 * 1024
# Bytes without the beginning of a cell: Excel's 32,767 characters, all of them escaped, stay below.
_MAX_CELL: Final = 8 * 1024 * 1024


class _IrregularError(Exception):
    """The sheet is not written in the way that the search knows."""


def scan(package: Package, part: str, used: UsedRange, paddings: Mapping[int, Padding]) -> Marks:
    """The marks of the sheet in `part`; `paddings` are the styles to look for.

    Raises `FileProblem` when a cell outside `used` holds something, or the XML is not to be read.
    """
    try:
        with package.open(part) as stream:
            return RegularScan(used, paddings).run(stream)
    except _IrregularError:
        with package.open(part) as stream:
            return scan_exactly(stream, used, paddings)


class RegularScan:
    """Searches ``<c r="A1" s="1" t="e"><v>…``, the form that all common writers use."""

    def __init__(self, used: UsedRange, paddings: Mapping[int, Padding]) -> None:
        self._used = used
        self._paddings = {str(style).encode(): padding for style, padding in paddings.items()}
        self._marks = Marks()
        self._columns: dict[bytes, int] = {}
        self._odd_cell = _odd_cell(used.max_columns)
        self._padded_cell = None
        if paddings:
            # Many styles are looked up one by one: a choice of hundreds is slow to search for.
            styles = b"|".join(self._paddings) if len(paddings) < 20 else rb"\d+"
            self._padded_cell = re.compile(rb'<c r="([A-Z]+)(\d+)"[^<>]*? s="(' + styles + rb')"[^<>/]*>(?!</c>)')

    def run(self, stream: IO[bytes]) -> Marks:
        for number, cells in enumerate(whole_cells(stream)):
            if number == 0:
                _check_root(cells)
            if number < 2 and _ODD_ATTRIBUTE.search(cells):
                raise _IrregularError  # How a writer begins is how it goes on.
            # A comment or CDATA: what looks like a cell may be none. One byte is found much faster than two.
            if b"!" in cells and b"<!" in cells:
                raise _IrregularError
            for match in self._odd_cell.finditer(cells):
                self._look_at(cells, match.start())
            if b't="e"' in cells:
                self._mark_errors(cells)
            if self._padded_cell:
                self._mark_padded(self._padded_cell, cells)
        return self._marks

    def _column(self, letters: bytes) -> int:
        index = self._columns.get(letters)
        if index is None:
            index = self._columns[letters] = column_index(letters.decode())
        return index

    def _look_at(self, cells: bytes, start: int) -> None:
        """A cell that is irregular, or lies outside; there it may be formatted, but must be empty."""
        place = _PLACE.match(cells, start)
        if not place:
            raise _IrregularError
        if _CONTENT.search(cells, place.end(), _end_of_cell(cells, place.end())):
            self._used.check(int(place[2]), self._column(place[1]))

    def _mark_padded(self, pattern: re.Pattern[bytes], cells: bytes) -> None:
        for letters, row, style in pattern.findall(cells):
            padding = self._paddings.get(style)
            if padding:
                self._marks.add(int(row), self._column(letters), padding)

    def _mark_errors(self, cells: bytes) -> None:
        for match in _ERROR.finditer(cells):
            place = _PLACE.match(cells, cells.rfind(b"<", 0, match.start()))
            value = _VALUE.search(cells, match.end(), _end_of_cell(cells, match.end()))
            if place and value:
                if b"&" in value[1]:
                    raise _IrregularError  # No error's name needs an escape.
                self._marks.add(int(place[2]), self._column(place[1]), ErrorCell(value[1].decode()))


_ERROR: Final = re.compile(rb' t="e"')
_VALUE: Final = re.compile(rb"<v[^>]*>([^<]+)<")
_CONTENT: Final = re.compile(rb"<v[^>]*>[^<]|<is[\s>]")
_NEXT_CELL: Final = re.compile(rb"<c[\s/>]")
_PLACE: Final = re.compile(rb'<c r="([A-Z]{1,3})([1-9]\d{0,9})"')


def _end_of_cell(cells: bytes, start: int) -> int:
    """Where the next cell begins."""
    following = _NEXT_CELL.search(cells, start)
    return following.start() if following else len(cells)


def whole_cells(stream: IO[bytes]) -> Iterator[bytes]:
    """The sheet up to the end of its data, in pieces that cut no cell in two."""
    rest = b""
    while data := stream.read(_BLOCK):
        piece = rest + data
        end = piece.find(b"</sheetData>", max(0, len(rest) - 16))
        if end >= 0:
            yield piece[:end]
            return
        cut = max(piece.rfind(b"<c "), piece.rfind(b"<row"))
        if cut > 0:
            yield piece[:cut]
        rest = piece[max(cut, 0) :]
        if len(rest) > _MAX_CELL:
            raise _IrregularError
    yield rest


# The root element in no namespace but the default one, in ASCII's bytes.
_ROOT: Final = re.compile(
    rb"""(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^>]*?(?:encoding=["'](?i:utf-8|us-ascii)["'][^>]*)?\?>\s*)?(<worksheet[\s>][^>]*>?)"""
)
_PREFIXED: Final = re.compile(rb"""xmlns:\w+\s*=\s*["'][^"']*/(?:spreadsheetml/2006/main|spreadsheetml/main)["']""")
# Attributes with apostrophes, or blanks around the equals sign; not those of the XML declaration.
_ODD_ATTRIBUTE: Final = re.compile(rb"""<[A-Za-z][^<>]*(?:='|=\s|\s=)""")


def _check_root(cells: bytes) -> None:
    root = _ROOT.match(cells)
    if not root or _PREFIXED.search(root[1]):
        raise _IrregularError


def _odd_cell(max_columns: int) -> re.Pattern[bytes]:
    """A cell that is not written as expected, or that lies outside and is not plainly empty."""
    columns = _up_to(column_letter(max_columns - 1), "A", "A", "Z")
    rows = _up_to(str(SHEET_ROWS), "1", "0", "9")
    inside = f' r="(?:{columns})(?:{rows})"[ />]'
    empty = r' r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]+")?(?:/>|></c>)'
    return re.compile(f"<c(?=[\\s/>])(?!{inside})(?!{empty})".encode())


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
