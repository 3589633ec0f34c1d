"""The same as `sheet_scan`, with a real parser: for sheets written in an unusual way.

Prefixed names, apostrophes, cells and rows that do not say where they are, comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, Final
from xml.parsers import expat

from bulk_upload.cells import ErrorCell
from bulk_upload.problems import FileProblem
from bulk_upload.reading.child.marks import Marks
from bulk_upload.reading.child.number_formats import Padding
from bulk_upload.reading.child.used_range import UsedRange, column_index
from bulk_upload.reading.child.xml_tags import local_name, new_parser, refuse

_BLOCK: Final = 256 * 1024
_REFERENCE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,10})", re.ASCII)


def scan_exactly(stream: IO[bytes], used: UsedRange, paddings: Mapping[int, Padding]) -> Marks:
    """As `sheet_scan.scan`, for the sheet in `stream`."""
    handler = _Handler(used, paddings)
    parser = new_parser()
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    # calamine leaves it out silently, so what it holds would be lost.
    parser.StartCdataSectionHandler = refuse
    try:
        while data := stream.read(_BLOCK):
            parser.Parse(data)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FileProblem("damaged_file") from error
    return handler.marks


class _Handler:
    """Follows rows and cells as calamine does: one that does not say where it is follows the last one."""

    def __init__(self, used: UsedRange, paddings: Mapping[int, Padding]) -> None:
        self.marks = Marks()
        self._used = used
        self._paddings = {str(style): padding for style, padding in paddings.items()}
        self._row = 0  # of the row element; the first is 1
        self._next_column = 0
        self._place = (0, 0)
        self._cell: dict[str, str] | None = None
        self._value: list[str] | None = None
        self._content = ""
        self._inline = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name == "row":
            self._row = _number(attributes["r"]) if "r" in attributes else self._row + 1
            self._next_column = 0
        elif name == "c":
            self._place = self._where(attributes.get("r"))
            self._next_column = self._place[1] + 1
            self._cell, self._content, self._inline = attributes, "", False
        elif name == "v" and self._cell is not None:
            self._value = []
        elif name == "is" and self._cell is not None:
            self._inline = True

    def text(self, data: str) -> None:
        if self._value is not None:
            self._value.append(data)

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if name == "v" and self._value is not None:
            self._content, self._value = "".join(self._value), None
        elif name == "c" and self._cell is not None:
            self._finish(self._cell)
            self._cell = None

    def _finish(self, attributes: dict[str, str]) -> None:
        if not self._content and not self._inline:
            return
        self._used.check(*self._place)
        padding = self._paddings.get(attributes.get("s", ""))
        if attributes.get("t") == "e":
            self.marks.add(*self._place, ErrorCell(self._content))
        elif padding:
            self.marks.add(*self._place, padding)

    def _where(self, reference: str | None) -> tuple[int, int]:
        if reference is None:
            return self._row, self._next_column
        match = _REFERENCE.fullmatch(reference)
        if not match or not int(match[2]):
            raise FileProblem("damaged_file")
        return int(match[2]), column_index(match[1])


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise FileProblem("damaged_file")
    return int(text)
