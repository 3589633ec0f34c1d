"""What a sheet's XML says that the library does not, found by a few searches for bytes.

ECMA-376 part 1, sections 18.3.1.4 (c), 18.3.1.35 (dimension), 18.3.1.55 (mergeCell).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO, Final

from bulk_upload.reading.child.zip_package import MEGABYTE, Package
from bulk_upload.sheet.cells import column_index
from bulk_upload.sheet.problems import FileProblem

_BLOCK: Final = MEGABYTE
# Bytes before the first row: column widths, views.
_HEAD: Final = 64 * 1024
# Bytes of one row. 256 cells with the 32,767 characters that Excel allows are 8 MB.
_MAX_ROW: Final = 64 * MEGABYTE
# Bytes after the rows: merged cells, rules for formats and values.
_MAX_TAIL: Final = 64 * MEGABYTE

_ROOT: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^>]*\?>\s*)?<(?:(?P<prefix>\w+):)?worksheet[\s>]", re.ASCII
)
_DIMENSION: Final = re.compile(rb"""<(?:\w+:)?dimension\s[^>]*?ref=["']([^"']*)["']""")
_RANGE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?", re.ASCII)
_MERGED: Final = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([^"']*)["']""")

# First row, first column, last row, last column; row 1 is the first, column A is 0.
Range = tuple[int, int, int, int]


@dataclass(slots=True)
class SheetFacts:
    """`cells` counts the cells, and some other elements of texts with formats.

    `is_regular` is false when the XML is written in a way that the library loses something of: see `sheet_repair`.
    `last_column` is where the sheet is said to end. `rows` counts those that may have a value; `last_row` is the number
    that the last one says it has. `marks` are the places at which the XML was divided: the number of the next row, and
    the cells before it. `has_errors` and `may_lack_results` (of formulas) are `None` until they are looked for.
    """

    cells: int = 0
    rows: int = 0
    last_row: int | None = None
    marks: list[tuple[int, int]] = field(default_factory=list)
    is_regular: bool = True
    last_column: int | None = None
    has_errors: bool | None = None
    may_lack_results: bool | None = None
    merged: list[Range] = field(default_factory=list)

    def add_merged(self, refs: Iterable[str]) -> None:
        for ref in refs:
            place = parse_range(ref)
            if place:
                self.merged.append(place)
            # The library's rich stream ends at a range of whole rows.
            self.is_regular = self.is_regular and _RANGE.fullmatch(ref) is not None


def sheet_facts(package: Package, part: str) -> SheetFacts:
    """Look through the sheet in `part` once. Raises `FileProblem` when it is not there."""
    facts = SheetFacts()
    with package.open(part) as stream:
        head = stream.read(_HEAD)
        root = _ROOT.match(head)
        if not root:
            facts.is_regular = False
            return facts
        _look_at_dimension(head, facts)
        searches = _Searches(root["prefix"] + b":" if root["prefix"] else b"")
        tail = b""
        for piece, is_tail in _pieces(head, stream, searches):
            if is_tail:
                tail = piece
            else:
                searches.add(piece, facts)
    # Without an end it is cut off, unless it holds nothing at all.
    facts.is_regular = facts.is_regular and b"<!" not in tail and (tail != b"" or not facts.cells)
    facts.add_merged(ref.decode(errors="replace") for ref in _MERGED.findall(tail))
    return facts


def repeats_a_place(package: Package, part: str) -> bool | None:
    """Whether two cells of the sheet in `part` are in one place; `None` when not every cell says where it is."""
    last: set[bytes] = set()  # the last row may come again in the next piece
    searches = None
    for searches, piece in _rows(package, part):
        places = searches.place.findall(piece)
        if len(places) < len(searches.any_cell.findall(piece)):
            return None
        if len(set(places)) < len(places) or not last.isdisjoint(places[:_MAX_COLUMNS]):
            return True
        last = set(places[-_MAX_COLUMNS:])
    return None if searches is None else False


def first_beyond(package: Package, part: str, columns: int) -> str:
    """The first cell of the sheet in `part` that lies right of the first `columns` columns, or ``""``."""
    for searches, piece in _rows(package, part):
        for place in searches.filled.findall(piece):
            if len(place) > 2 and column_index(place.decode().rstrip("0123456789")) >= columns:
                return str(place.decode())
    return ""


def has_errors(package: Package, part: str) -> bool:
    """Whether a cell of the sheet in `part` is an error."""
    return any(searches.error.search(piece) for searches, piece in _rows(package, part))


def may_lack_results(package: Package, part: str) -> bool:
    """Whether a formula of the sheet in `part` may have no result."""
    return any(
        pattern.search(piece)
        for searches, piece in _rows(package, part)
        if searches.formula.search(piece)
        for pattern in searches.no_result
    )


def parse_range(ref: str) -> Range | None:
    """``B2:D9``, or ``1:1`` and ``A:C``, which mean whole rows and columns; `None` for anything else."""
    match = _RANGE.fullmatch(ref.replace("$", "").upper())
    if match:
        left, top, right, bottom = match.groups()
        right, bottom = right or left, bottom or top
        return int(top), column_index(left), int(bottom), column_index(right)
    first, _, last = ref.replace("$", "").upper().partition(":")
    if first.isdigit() and last.isdigit() and max(len(first), len(last)) < 8:
        return int(first), 0, int(last), _MAX_COLUMNS - 1
    return None


_MAX_COLUMNS: Final = 16_384


def _look_at_dimension(head: bytes, facts: SheetFacts) -> None:
    found = _DIMENSION.search(head)
    if not found:
        return
    match = _RANGE.fullmatch(found[1].decode(errors="replace"))
    if match:
        facts.last_column = column_index(match[3] or match[1])
    else:
        facts.is_regular = False


class _Searches:
    """What is searched for, with the prefix that stands before the names of elements."""

    def __init__(self, prefix: bytes) -> None:
        self.end = b"</%bsheetData>" % prefix
        self.row = b"<%brow" % prefix
        self.row_starts = tuple(self.row + end for end in (b" ", b">", b"/"))
        self._row_number = re.compile(rb'<%brow[^<>]*? r="([0-9]{1,7})"' % prefix)
        self._filled_end = b"</%bc></%brow>" % (prefix, prefix)
        self._values = [b"<%b%b" % (prefix, name) for name in (b"v", b"is", b"f")]
        self._data = b"<%bsheetData" % prefix
        self._cell = b"<%bc" % prefix
        self.any_cell = re.compile(rb"<%bc[ >/]" % prefix)
        self.formula = re.compile(rb"<%bf[ >/]" % prefix)
        self.error = re.compile(rb't="e"')
        # A formula that no value follows, or an empty one.
        self.no_result = [
            re.compile(pattern.replace(b"%b", prefix))
            for pattern in (rb"</%bf>(?!<%bv>[^<])", rb"<%bf[^<>]*/>(?!<%bv>[^<])")
        ]
        self.filled = re.compile(rb'<%bc r="([A-Z]+[0-9]+)"[^<>]*>(?=<%b(?:v>[^<]|is|f))' % (prefix, prefix))
        self.place = re.compile(rb'<%bc r="([A-Z]+[0-9]+)"' % prefix)

    def add(self, piece: bytes, facts: SheetFacts) -> None:
        self._add_rows(piece, facts)
        # Definitions of columns, above the rows, begin as cells do.
        facts.cells += piece.count(self._cell, 0 if facts.cells else max(piece.find(self._data), 0))
        # One byte is found much faster than two.
        facts.is_regular = facts.is_regular and not (b"!" in piece and b"<!" in piece)

    def _add_rows(self, piece: bytes, facts: SheetFacts) -> None:
        """All but the first piece begin with a row."""
        first, last = self._number(piece, piece.find(self.row)), self._number(piece, piece.rfind(self.row))
        if facts.rows and first is not None:
            facts.marks.append((first, facts.cells))
        rows = piece.count(self._filled_end)
        if (first is None or last is None or rows != last - first + 1) and rows != piece.count(self.row):
            # Some rows end with an empty cell, or have none.
            rows = sum(any(sign in row for sign in self._values) for row in piece.split(self.row)[1:])
        facts.rows += rows
        facts.last_row = last

    def _number(self, piece: bytes, at: int) -> int | None:
        """The number that the row at this place of the piece says it has."""
        match = self._row_number.match(piece, at) if at >= 0 else None
        return int(match[1]) if match else None


def _rows(package: Package, part: str) -> Iterator[tuple[_Searches, bytes]]:
    """The XML of the rows of the sheet in `part`, in pieces; nothing of what is no sheet."""
    with package.open(part) as stream:
        head = stream.read(_HEAD)
        root = _ROOT.match(head)
        if root:
            searches = _Searches(root["prefix"] + b":" if root["prefix"] else b"")
            yield from ((searches, piece) for piece, is_tail in _pieces(head, stream, searches) if not is_tail)


def _pieces(head: bytes, stream: IO[bytes], searches: _Searches) -> Iterator[tuple[bytes, bool]]:
    """The XML up to the end of the rows in pieces that cut no row in two, then what follows, marked as the tail."""
    rest = b""
    with closing(_read_ahead(stream)) as blocks:
        for data in chain([head], blocks):
            piece = rest + data
            cut = max(piece.rfind(searches.row), 0)
            # The end comes after the last row. What follows it may hold ``rowBreaks``.
            if (end := piece.find(searches.end, cut if piece[cut:].startswith(searches.row_starts) else 0)) >= 0:
                yield piece[:end], False
                yield b"".join([piece[end:], *islice(blocks, _MAX_TAIL // _BLOCK)]), True
                return
            if cut:
                yield piece[:cut], False
            rest = piece[cut:]
            if len(rest) > _MAX_ROW:
                raise FileProblem("too_big_to_read")
    yield rest, False


def _read_ahead(stream: IO[bytes]) -> Generator[bytes]:
    """The rest of the stream in blocks, each read while the one before is looked at: unpacking needs no interpreter."""
    with ThreadPoolExecutor(1) as thread:
        block = thread.submit(stream.read, _BLOCK)
        while data := block.result():
            block = thread.submit(stream.read, _BLOCK)
            yield data
