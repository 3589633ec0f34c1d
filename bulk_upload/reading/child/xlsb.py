"""An .xlsb → a plain workbook (MS-XLSB, section 2.4). Its package is that of an .xlsx, with binary parts."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import IO, Final

from bulk_upload.reading.child.binary_values import ERRORS, compressed_number
from bulk_upload.reading.child.plain_workbook import (
    COLUMNS,
    Merge,
    PlacedCell,
    PlainSheet,
    PlainWorkbook,
    boolean_cell,
    error_cell,
    number_cell,
    shared_cell,
    text_cell,
)
from bulk_upload.reading.child.sheet_list import one_related, related_parts
from bulk_upload.reading.child.xlsb_records import records, wide_text
from bulk_upload.reading.child.zip_package import Package
from bulk_upload.sheet.problems import FileProblem

_BUNDLE_SHEET: Final = 156
_PROPERTIES: Final = 153
_FORMAT: Final = 44
_BEGIN_XFS: Final = 617
_XF: Final = 47
_END_XFS: Final = 618
_TEXT: Final = 19
_ROW: Final = 0
_MERGED: Final = 176
_FIRST_CELL: Final = 1
_RICH_CELL: Final = 62
# From here on cells do not say their column: they follow the last one.
_FIRST_SHORT: Final = 12
_LAST_SHORT: Final = 18
# Excel's last row is 1,048,575, counted from 0.
_LAST_ROW: Final = 1_048_575
_STYLE: Final = struct.Struct("<I")


def convert_xlsb(package: Package, plain: PlainWorkbook) -> None:
    """Raises `FileProblem`, or `struct.error`, `IndexError` or `ValueError` for what is no such workbook."""
    part = one_related(related_parts(package, ""), "/officeDocument")
    if part is None:
        raise FileProblem("damaged_file")
    related = related_parts(package, part)
    if texts := one_related(related, "/sharedStrings"):
        with package.open(texts) as stream:
            plain.add_texts(_texts(stream))
    styles = one_related(related, "/styles")
    formats = _formats(package, styles) if styles and styles in package else [0]
    since_1904 = False
    with package.open(part) as stream:
        for kind, content in records(stream):
            if kind == _PROPERTIES:
                since_1904 = bool(content[0] & 1)
            elif kind == _BUNDLE_SHEET:
                _convert_sheet(package, plain, related, content, len(formats))
    plain.finish(formats, since_1904=since_1904)


def _convert_sheet(
    package: Package, plain: PlainWorkbook, related: dict[str, tuple[str, str]], content: bytes, styles: int
) -> None:
    (state,) = struct.unpack_from("<I", content)
    relation, at = wide_text(content, 8)
    name, _ = wide_text(content, at)
    kind, part = related.get(relation, ("", ""))
    if state or not kind.endswith("/worksheet"):
        return
    with plain.sheet(name) as (sheet, merges), package.open(part) as stream:
        _Sheet(sheet, merges, styles).read(stream)


class _Sheet:
    """Follows the rows and cells of a sheet."""

    def __init__(self, sheet: PlainSheet, merges: list[Merge], styles: int) -> None:
        self._sheet = sheet
        self._merges = merges
        self._styles = styles
        self._row = -1
        self._column = -1
        self._cells: list[PlacedCell] = []

    def read(self, stream: IO[bytes]) -> None:
        for kind, content in records(stream):
            if self._sheet.is_full:
                return
            if _FIRST_CELL <= kind <= _LAST_SHORT or kind == _RICH_CELL:
                self._add(kind, content)
            elif kind == _ROW:
                self._begin(struct.unpack_from("<I", content)[0])
            elif kind == _MERGED:
                self._merges.append(_range(content))
        self._end_row()

    def _begin(self, row: int) -> None:
        self._end_row()
        if not self._row < row <= _LAST_ROW:
            raise FileProblem("damaged_file")
        self._row, self._column = row, -1

    def _end_row(self) -> None:
        if self._cells:
            self._sheet.add_row(self._row + 1, self._cells)
            self._cells = []

    def _add(self, kind: int, content: bytes) -> None:
        if _FIRST_SHORT <= kind <= _LAST_SHORT:
            self._column += 1
            kind, at = kind - _FIRST_SHORT + _FIRST_CELL, 0
        else:
            self._column, at = _STYLE.unpack_from(content)[0], 4
        if kind == _FIRST_CELL:
            return
        if self._row < 0 or self._column >= COLUMNS:
            raise FileProblem("damaged_file")
        style = _STYLE.unpack_from(content, at)[0] & 0xFFFFFF
        self._cells.append((self._column, _CELLS[kind](content, at + 4, style if style < self._styles else 0)))


def _number(content: bytes, at: int, style: int) -> str:
    return number_cell(struct.unpack_from("<d", content, at)[0], style)


def _compressed(content: bytes, at: int, style: int) -> str:
    return number_cell(compressed_number(struct.unpack_from("<I", content, at)[0]), style)


def _error(content: bytes, at: int, _: int) -> str:
    return error_cell(ERRORS.get(content[at], "#VALUE!"))


def _boolean(content: bytes, at: int, _: int) -> str:
    return boolean_cell(bool(content[at]))


def _own_text(content: bytes, at: int, _: int) -> str:
    return text_cell(wide_text(content, at)[0])


def _rich_text(content: bytes, at: int, _: int) -> str:
    return text_cell(wide_text(content, at + 1)[0])


def _shared_text(content: bytes, at: int, _: int) -> str:
    return shared_cell(struct.unpack_from("<I", content, at)[0])


# The values of cells, and the results of formulas, by the kind of the record.
_CELLS: Final[dict[int, Callable[[bytes, int, int], str]]] = {
    2: _compressed,
    3: _error,
    4: _boolean,
    5: _number,
    6: _own_text,
    7: _shared_text,
    8: _own_text,
    9: _number,
    10: _boolean,
    11: _error,
    _RICH_CELL: _rich_text,
}


def _range(content: bytes) -> Merge:
    top, bottom, left, right = struct.unpack_from("<IIII", content)
    if not (top <= bottom <= _LAST_ROW and left <= right < COLUMNS):
        raise FileProblem("damaged_file")
    return top, bottom, left, right


def _texts(stream: IO[bytes]) -> Iterator[str]:
    return (wide_text(content, 1)[0] for kind, content in records(stream) if kind == _TEXT)


def _formats(package: Package, styles: str) -> list[str | int]:
    """The formats of numbers by style."""
    codes: dict[int, str] = {}
    numbers: list[int] = []
    is_cell_style = False
    with package.open(styles) as stream:
        for kind, content in records(stream):
            if kind == _FORMAT:
                codes[struct.unpack_from("<H", content)[0]] = wide_text(content, 2)[0]
            elif kind in (_BEGIN_XFS, _END_XFS):
                is_cell_style = kind == _BEGIN_XFS
            elif kind == _XF and is_cell_style:
                numbers.append(struct.unpack_from("<H", content, 2)[0])
    return [codes.get(number, number) for number in numbers] or [0]
