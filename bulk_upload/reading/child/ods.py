"""An .ods → a plain workbook (OpenDocument 1.3, part 3, sections 9 and 19). Its content is one XML part, streamed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Final
from xml.parsers import expat

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.ods_cells import OdsCells
from bulk_upload.reading.child.ods_names import (
    ANNOTATION,
    CELL,
    COVERED_CELL,
    DELETED,
    DISPLAY,
    DRAWING,
    LINE_BREAK,
    LINKED,
    NOTE,
    PARAGRAPH,
    READING,
    ROW,
    SHAPES,
    SPACES,
    SPACES_COUNT,
    STYLE,
    STYLE_NAME,
    TAB,
    TABLE,
    TABLE_NAME,
    TABLE_PROPERTIES,
    TABLE_STYLE,
)
from bulk_upload.reading.child.ods_rows import OdsRows
from bulk_upload.reading.child.plain_workbook import PlainWorkbook
from bulk_upload.reading.child.xml_tags import new_parser
from bulk_upload.reading.child.zip_package import Package
from bulk_upload.sheet.problems import FileProblem

CONTENT: Final = "content.xml"
MANIFEST: Final = "META-INF/manifest.xml"
_BLOCK: Final = 256 * 1024
# What stands in a sheet or a cell without being a part of it: notes, drawings, what was deleted, copies of other files.
_NO_CONTENT: Final = frozenset([ANNOTATION, SHAPES, DELETED, LINKED, NOTE, READING])
_START_OF_TABLE: Final = b"<table:table "
# Spaces that one element may stand for.
_MOST_SPACES: Final = 1000


def convert_ods(package: Package, plain: PlainWorkbook, limits: Limits) -> None:
    """Raises `FileProblem`, or `ValueError` for values that are none."""
    if MANIFEST in package and b"encryption-data" in package.read(MANIFEST):
        raise FileProblem("encrypted_file")
    cells = OdsCells()
    _Content(package, plain, cells, limits).read()
    plain.finish(cells.formats)


class _EnoughError(Exception):
    """What is left of the content is of no sheet that is to be written."""


class _Content:
    """Follows the elements of the content."""

    def __init__(self, package: Package, plain: PlainWorkbook, cells: OdsCells, limits: Limits) -> None:
        self._package = package
        self._plain = plain
        self._cells = cells
        self._limits = limits
        self._hidden: set[str] = set()
        self._style = ""
        self._skipped = 0
        self._tables = 0
        self._opened = ExitStack()  # the sheet that is being written
        self._rows: OdsRows | None = None
        self._cell: dict[str, str] | None = None
        self._is_in_paragraph = False
        self._text: list[str] = []
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            STYLE: self._start_style,
            TABLE_PROPERTIES: self._start_properties,
            TABLE: self._start_table,
            ROW: self._start_row,
            CELL: self._start_cell,
            COVERED_CELL: self._start_cell,
            PARAGRAPH: self._start_paragraph,
            SPACES: self._spaces,
            TAB: lambda _: self._text.append("\t"),
            LINE_BREAK: lambda _: self._text.append("\n"),
        }
        self._ends: dict[str, Callable[[], None]] = {
            TABLE: self._end_table,
            ROW: self._end_row,
            CELL: self._end_cell,
            COVERED_CELL: self._end_cell,
            PARAGRAPH: self._end_paragraph,
        }

    def read(self) -> None:
        parser = new_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        with self._opened, self._package.open(CONTENT) as stream, suppress(_EnoughError):
            try:
                while data := stream.read(_BLOCK):
                    parser.Parse(data)
                parser.Parse(b"", True)
            except expat.ExpatError as error:
                raise FileProblem("damaged_file") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped or name in _NO_CONTENT or name.startswith(DRAWING):
            self._skipped += 1
        elif start := self._starts.get(name):
            start(attributes)

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif end := self._ends.get(name):
            end()

    def _data(self, data: str) -> None:
        if self._is_in_paragraph and not self._skipped:
            self._text.append(data)

    def _start_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get(STYLE_NAME, "")

    def _start_properties(self, attributes: dict[str, str]) -> None:
        if attributes.get(DISPLAY) == "false":
            self._hidden.add(self._style)

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._tables += 1
        if self._rows is not None or attributes.get(TABLE_STYLE) in self._hidden:
            self._skipped = 1  # a table within a cell, or a hidden sheet
            return
        opened = self._opened.enter_context(self._plain.sheet(attributes.get(TABLE_NAME, "")))
        self._rows = OdsRows(*opened, self._cells, self._limits)

    def _end_table(self) -> None:
        self._opened.close()
        self._rows = None

    def _start_row(self, attributes: dict[str, str]) -> None:
        if self._rows:
            self._rows.begin_row(attributes)

    def _end_row(self) -> None:
        if self._rows:
            self._rows.end_row()
            if self._rows.is_full:
                self._end_table()
                if _count_tables(self._package) <= self._tables:
                    raise _EnoughError
                self._skipped = 1  # the rest of the sheet

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = attributes
        self._text = []

    def _end_cell(self) -> None:
        if self._rows and self._cell is not None:
            self._rows.add_cell(self._cell, "".join(self._text))
        self._cell = None

    def _start_paragraph(self, _: dict[str, str]) -> None:
        if self._text:
            self._text.append("\n")
        self._is_in_paragraph = self._cell is not None

    def _end_paragraph(self) -> None:
        self._is_in_paragraph = False

    def _spaces(self, attributes: dict[str, str]) -> None:
        count = attributes.get(SPACES_COUNT, "1")
        self._text.append(" " * min(int(count), _MOST_SPACES))


def _count_tables(package: Package) -> int:
    """How many tables there are, by a look that takes a fraction of the time of parsing.

    A writer with another prefix than the usual one gets a number that is too high.
    """
    count, rest = 0, b""
    with package.open(CONTENT) as stream:
        while data := stream.read(_BLOCK):
            count += (rest + data).count(_START_OF_TABLE)
            rest = data[1 - len(_START_OF_TABLE) :]
    return count or sys.maxsize
