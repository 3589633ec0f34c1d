"""What an .xls says of the whole workbook: sheets, texts, formats of numbers, calendar (MS-XLS, section 2.1.7.20)."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bulk_upload.reading.child.biff_records import TextReader, records, wide_text, with_continuations
from bulk_upload.sheet.problems import FileProblem

BOF: Final = 0x809
EOF: Final = 0x0A
_FILE_PASS: Final = 0x2F
_CODE_PAGE: Final = 0x42
_DATE_1904: Final = 0x22
_SHEET: Final = 0x85
_FORMAT: Final = 0x41E
_OLD_FORMAT: Final = 0x1E
_XF: Final = 0xE0
_TEXTS: Final = 0xFC
_EXCEL_97: Final = 0x600
_EXCEL_5: Final = 0x500
# Code pages that Python calls otherwise than ``cp`` and the number.
_CODE_PAGES: Final = {10000: "mac_roman", 32768: "mac_roman", 32769: "cp1252", 367: "ascii"}
_WORKSHEET: Final = 0


@dataclass(slots=True)
class Globals:
    """`sheets` are the visible worksheets: name and place. `formats` are by style, as for `PlainWorkbook.finish`."""

    is_excel_97: bool = True
    encoding: str = "cp1252"
    since_1904: bool = False
    sheets: list[tuple[str, int]] = field(default_factory=list)
    formats: list[str | int] = field(default_factory=list)
    texts_at: int | None = None

    def texts(self, stream: bytes) -> Iterator[str]:
        """The shared texts, in order. Some writers count them wrong."""
        if self.texts_at is None:
            return
        reader = TextReader(with_continuations(stream, self.texts_at), 8)
        while reader.has_more():
            yield reader.text()

    def short_text(self, content: bytes, at: int) -> str:
        """A text whose length is one byte."""
        return self.text(content, at + 1, content[at])

    def long_text(self, content: bytes, at: int) -> str:
        """A text whose length is two bytes."""
        return self.text(content, at + 2, struct.unpack_from("<H", content, at)[0])

    def text(self, content: bytes, at: int, count: int) -> str:
        """`count` characters from the place `at` on; in Excel 5 they are bytes."""
        if self.is_excel_97:
            return wide_text(content, at, count)
        return content[at : at + count].decode(self.encoding, "replace")


def read_globals(stream: bytes) -> Globals:
    """Raises `FileProblem` for a workbook under a password, or one that is older than Excel 5."""
    found = Globals()
    codes: dict[int, str] = {}
    numbers: list[int] = []
    sheets: list[bytes] = []
    for n, (kind, at, content) in enumerate(records(stream, 0)):
        if not n:
            _check_version(kind, content, found)
        elif kind == _FILE_PASS:
            raise FileProblem("encrypted_file")
        elif kind == EOF:
            break
        elif kind == _CODE_PAGE:
            found.encoding = _encoding(content)
        elif kind == _DATE_1904:
            found.since_1904 = content[:1] == b"\1"
        elif kind == _SHEET:
            sheets.append(content)
        elif kind in (_FORMAT, _OLD_FORMAT):
            number = struct.unpack_from("<H", content)[0]
            codes[number] = found.long_text(content, 2) if found.is_excel_97 else found.short_text(content, 2)
        elif kind == _XF:
            numbers.append(struct.unpack_from("<H", content, 2)[0])
        elif kind == _TEXTS:
            found.texts_at = at
    found.sheets = [sheet for content in sheets if (sheet := _visible(content, found))]
    found.formats = [codes.get(number, number) for number in numbers] or [0]
    return found


def _check_version(kind: int, content: bytes, found: Globals) -> None:
    version = struct.unpack_from("<H", content)[0] if kind == BOF else 0
    if version not in (_EXCEL_97, _EXCEL_5):
        raise FileProblem("old_workbook")
    found.is_excel_97 = version == _EXCEL_97


def _visible(content: bytes, found: Globals) -> tuple[str, int] | None:
    place, state, kind = struct.unpack_from("<IBB", content)
    return (found.short_text(content, 6), place) if not state & 3 and kind == _WORKSHEET else None


def _encoding(content: bytes) -> str:
    page = struct.unpack_from("<H", content)[0]
    name = _CODE_PAGES.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
