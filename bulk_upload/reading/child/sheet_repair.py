"""A copy of a workbook whose sheet is written in the way that the library reads without losing anything.

Second try for a sheet with CDATA, comments, UTF-16, ranges of whole rows (``dimension ref="1:4"``), cells that do
not say where they are, or errors that are newer than the format (``#SPILL!``, ``Err:522``). Ten times slower than
the library, so it is for those sheets alone.
"""

from __future__ import annotations

import codecs
import html
import io
import re
import zipfile
from typing import IO, Final
from xml.parsers import expat

from bulk_upload.reading.child.sheet_xml import SheetFacts
from bulk_upload.reading.child.xml_tags import local_name, new_parser
from bulk_upload.reading.child.zip_package import MEGABYTE, Package, normal_name
from bulk_upload.sheet.cells import column_index, column_letter
from bulk_upload.sheet.problems import FileProblem

# ECMA-376 part 1, section 18.17.3, without #GETTING_DATA.
KNOWN_ERRORS: Final = frozenset(["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"])
_BLOCK: Final = 256 * 1024
_START: Final = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_END: Final = "</sheetData></worksheet>"
_REFERENCE: Final = re.compile(r"([A-Za-z]{1,3})([0-9]{1,10})", re.ASCII)
_ENCODING: Final = re.compile(r"""(<\?xml[^>]*?encoding=["'])[^"']*""")
# First bytes of a part, and how it is written; without a mark it begins with ``<``.
_UTF_16: Final = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}


def repaired(package: Package, part: str) -> tuple[io.BytesIO, SheetFacts, set[str]]:
    """The workbook with the sheet in `part` written again, in memory; what is to know of that sheet; its errors.

    Raises `FileProblem` for a sheet that is no XML, or in which rows or cells are twice or out of order.
    """
    facts = SheetFacts(has_errors=False, may_lack_results=False)
    errors: set[str] = set()
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in package.names():
            with package.open(name) as source, archive.open(name, "w", force_zip64=True) as target:
                if normal_name(name) == normal_name(part):
                    _Writer(target, facts, errors).write(source)
                else:
                    _copy(source, target)
    copy.seek(0)
    return copy, facts, errors


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    """The part as it is, or in UTF-8: the library does not read UTF-16."""
    start = source.read(2)
    encoding = _UTF_16.get(start)
    if encoding is None:
        target.write(start)
        while data := source.read(MEGABYTE):
            target.write(data)
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    text = decoder.decode(start + source.read(MEGABYTE))
    target.write(_ENCODING.sub(r"\1UTF-8", text, count=1).encode(errors="replace"))
    while data := source.read(MEGABYTE):
        target.write(decoder.decode(data).encode(errors="replace"))


class _Writer:
    """Follows rows and cells with a real parser: one that does not say where it is follows the last one."""

    def __init__(self, target: IO[bytes], facts: SheetFacts, errors: set[str]) -> None:
        self._target = target
        self._written: list[str] = []
        self._facts = facts
        self._errors = errors
        self._row = 0
        self._columns: set[int] = set()
        self._last_column = -1
        self._cell: dict[str, str] | None = None
        self._value: str | None = None
        self._inline: str | None = None
        self._has_formula = False
        self._text: list[str] | None = None
        self._phonetic = False

    def write(self, source: IO[bytes]) -> None:
        parser = new_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        self._write(_START)
        try:
            while data := source.read(_BLOCK):
                parser.Parse(data)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FileProblem("damaged_file") from error
        self._write(_END)
        self._flush()

    def _write(self, text: str) -> None:
        self._written.append(text)

    def _flush(self) -> None:
        self._target.write("".join(self._written).encode())
        self._written.clear()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "c":
            self._cell = attributes
            self._value = self._inline = None
            self._has_formula = False
        elif name == "mergeCell":
            self._facts.add_merged([attributes.get("ref", "")])
        elif self._cell is not None:
            if name == "f":
                self._has_formula = True
            elif name == "is":
                self._inline = ""
            elif name == "rPh":
                self._phonetic = True
            elif name == "v" or (name == "t" and not self._phonetic):
                self._text = []

    def _data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _end(self, tag: str) -> None:
        name = local_name(tag)
        if name == "row":
            self._write("</row>")
            self._flush()
        elif name == "rPh":
            self._phonetic = False
        elif name == "v" and self._text is not None:
            self._value, self._text = "".join(self._text), None
        elif name == "t" and self._text is not None:
            self._inline, self._text = (self._inline or "") + "".join(self._text), None
        elif name == "c" and self._cell is not None:
            self._finish(self._cell)
            self._cell = None

    def _begin_row(self, number: str | None) -> None:
        row = self._row + 1 if number is None else _number(number)
        if row <= self._row:
            raise FileProblem("damaged_file")
        self._row, self._last_column = row, -1
        self._columns.clear()
        self._write(f'<row r="{row}">')

    def _finish(self, attributes: dict[str, str]) -> None:
        column = self._last_column = self._column(attributes.get("r"))
        if column in self._columns:
            raise FileProblem("damaged_file")
        self._columns.add(column)
        content = "<f>0</f>" if self._has_formula else ""
        kind = attributes.get("t", "")
        if self._inline is not None:
            kind, content = "inlineStr", f'<is><t xml:space="preserve">{html.escape(self._inline)}</t></is>'
        elif self._value:
            if kind == "e":
                self._facts.has_errors = True
                self._errors.add(self._value)
                kind = "e" if self._value in KNOWN_ERRORS else "str"
            content += f"<v>{html.escape(self._value)}</v>"
        elif self._has_formula:
            self._facts.may_lack_results = True
            content += "<v></v>" if self._value is not None else ""
        style = attributes.get("s", "0")
        style = f' s="{_number(style)}"' if style != "0" else ""
        kind = f' t="{html.escape(kind)}"' if kind else ""
        self._write(f'<c r="{column_letter(column)}{self._row}"{style}{kind}>{content}</c>')

    def _column(self, reference: str | None) -> int:
        if reference is None:
            return self._last_column + 1
        match = _REFERENCE.fullmatch(reference)
        if not match or int(match[2]) != self._row:
            raise FileProblem("damaged_file")
        return column_index(match[1].upper())


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise FileProblem("damaged_file")
    return int(text)
