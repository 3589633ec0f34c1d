"""An .xls of Excel 5 to 2003 → a plain workbook (MS-XLS, sections 2.1.7.20.6 and 2.4)."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby, takewhile
from typing import BinaryIO, Final

from bulk_upload.reading.child.biff_records import TextReader, records, with_continuations
from bulk_upload.reading.child.binary_values import ERRORS, compressed_number
from bulk_upload.reading.child.compound_file import CompoundFile
from bulk_upload.reading.child.plain_workbook import (
    BLANK,
    Merge,
    PlacedCell,
    PlainWorkbook,
    boolean_cell,
    error_cell,
    number_cell,
    shared_cell,
    text_cell,
)
from bulk_upload.reading.child.xls_globals import BOF, EOF, Globals, read_globals
from bulk_upload.reading.compound_files import is_encrypted_workbook
from bulk_upload.sheet.problems import FileProblem

_NUMBER: Final = 0x203
_LABEL: Final = 0x204
_BOOL_ERR: Final = 0x205
_RK: Final = 0x27E
_MUL_RK: Final = 0xBD
_SHARED: Final = 0xFD
_RICH: Final = 0xD6
_FORMULA: Final = 0x06
_RESULT: Final = 0x207
_MERGED: Final = 0xE5
_CELLS: Final = frozenset([_NUMBER, _LABEL, _BOOL_ERR, _RK, _MUL_RK, _SHARED, _RICH, _FORMULA])
# What may stand between a formula and its text: a shared formula, an array, a table.
_BEFORE_RESULT: Final = frozenset([0x4BC, 0x221, 0x236, 0x3C])
_PLACE: Final = struct.Struct("<HHH")


def convert_xls(file: BinaryIO, plain: PlainWorkbook) -> None:
    """Raises `FileProblem`, or `struct.error`, `IndexError` or `ValueError` for what is no such workbook."""
    stream = _workbook_stream(file)
    found = read_globals(stream)
    plain.add_texts(found.texts(stream))
    for name, at in found.sheets:
        with plain.sheet(name) as (sheet, merges):
            reader = _Sheet(stream, at, found)
            merges += reader.merges
            for number, cells in takewhile(lambda _: not sheet.is_full, reader.rows()):  # used at once
                sheet.add_row(number, cells)
    plain.finish(found.formats, since_1904=found.since_1904)


def _workbook_stream(file: BinaryIO) -> bytes:
    file.seek(0)
    try:
        return CompoundFile(file.read()).stream("Workbook", "Book")
    except (FileProblem, struct.error):
        if is_encrypted_workbook(file):
            raise FileProblem("encrypted_file") from None  # an .xlsx under a password
        raise


class _Sheet:
    """The cells of the sheet that begins at a place of the stream. Some writers leave them in no order."""

    def __init__(self, stream: bytes, at: int, found: Globals) -> None:
        self._stream = stream
        self._globals = found
        self._styles = len(found.formats)
        self.merges: list[Merge] = []
        # Row, column and place of each cell's record, in one number.
        self._cells = array("Q")
        self._look_through(at)

    def rows(self) -> Iterator[tuple[int, list[PlacedCell]]]:
        """Each row's number (the first is 1) and cells."""
        places: Iterable[int] = self._cells
        if any(map(int.__gt__, self._cells, self._cells[1:])):
            places = sorted(self._cells)
        for row, cells in groupby(places, key=lambda place: place >> 48):
            yield row + 1, [cell for place in cells for cell in self._at(place & 0xFFFFFFFF)]

    def _look_through(self, at: int) -> None:
        depth = 0  # charts within the sheet are substreams of their own
        for kind, place, content in records(self._stream, at):
            if kind == BOF:
                depth += 1
            elif kind == EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif depth != 1:
                if not depth:
                    break
            elif kind in _CELLS:
                row, column, _ = _PLACE.unpack_from(content)
                self._cells.append(row << 48 | column << 32 | place)
            elif kind == _MERGED:
                self._add_merged(content)
        raise FileProblem("damaged_file")

    def _add_merged(self, content: bytes) -> None:
        (count,) = struct.unpack_from("<H", content)
        self.merges += [struct.unpack_from("<HHHH", content, 2 + 8 * n) for n in range(count)]

    def _at(self, place: int) -> list[PlacedCell]:
        kind, _, content = next(records(self._stream, place))
        _, column, style = _PLACE.unpack_from(content)
        if kind == _MUL_RK:
            return self._numbers(column, content)
        return [(column, self._cell(kind, style if style < self._styles else 0, content, place))]

    def _cell(self, kind: int, style: int, content: bytes, place: int) -> str:
        if kind == _SHARED:
            return shared_cell(struct.unpack_from("<I", content, 6)[0])
        if kind == _RK:
            return number_cell(compressed_number(struct.unpack_from("<I", content, 6)[0]), style)
        if kind == _NUMBER:
            return number_cell(struct.unpack_from("<d", content, 6)[0], style)
        if kind == _FORMULA:
            return self._result(style, content, place)
        if kind == _BOOL_ERR:
            return _boolean_or_error(content[6], is_error=bool(content[7]))
        return text_cell(self._globals.long_text(content, 6))

    def _numbers(self, column: int, content: bytes) -> list[PlacedCell]:
        """Numbers side by side, each with its style."""
        found = []
        for n in range((len(content) - 6) // 6):
            style, number = struct.unpack_from("<HI", content, 4 + 6 * n)
            found.append((column + n, number_cell(compressed_number(number), style if style < self._styles else 0)))
        return found

    def _result(self, style: int, content: bytes, place: int) -> str:
        """The cell of a formula: its result is a number unless it ends in two bytes of ones."""
        if content[12:14] != b"\xff\xff":
            return number_cell(struct.unpack_from("<d", content, 6)[0], style)
        match content[6]:
            case 0:
                return text_cell(self._text_result(place))
            case 1 | 2 as kind:
                return _boolean_or_error(content[8], is_error=kind == 2)
        return BLANK

    def _text_result(self, place: int) -> str:
        following = records(self._stream, place)
        next(following)
        for kind, at, _ in following:
            if kind == _RESULT:
                return self._long_text(at)
            if kind not in _BEFORE_RESULT:
                break
        return ""

    def _long_text(self, at: int) -> str:
        contents = with_continuations(self._stream, at)
        if self._globals.is_excel_97 and len(contents) > 1:
            return TextReader(contents, 0).text()
        return self._globals.long_text(contents[0], 0)


def _boolean_or_error(value: int, *, is_error: bool) -> str:
    return error_cell(ERRORS.get(value, "#VALUE!")) if is_error else boolean_cell(bool(value))
