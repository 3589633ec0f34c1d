"""The .xlsx that other workbooks are converted to: sheets row by row, in the form that `sheet_xml` calls regular."""

from __future__ import annotations

import html
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, product
from string import ascii_uppercase
from types import TracebackType
from typing import IO, Final, Self

from bulk_upload.reading.child.zip_package import MAX_EXPANDED, MEGABYTE
from bulk_upload.sheet.problems import FileProblem

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
COLUMNS: Final = 16_384
# The first number that a workbook's own formats have; those below are built in.
FIRST_FORMAT: Final = 164

# ``A``, ``B``, … ``XFD``
_LETTERS: Final = tuple(
    islice(("".join(each) for n in (1, 2, 3) for each in product(ascii_uppercase, repeat=n)), COLUMNS)
)
_NOT_XML: Final = re.compile("[\0-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
# Rows that may stand above those of a list.
_ABOVE: Final = 1_000
# Characters that are kept before they are written.
_BUFFER: Final = MEGABYTE

# First row, last row, first column, last column; all from 0.
Merge = tuple[int, int, int, int]
# A cell without its place: what follows ``<c r="A1"``. The first part is the column, A is 0.
PlacedCell = tuple[int, str]

BLANK: Final = ""
NO_RESULT: Final = "><f>0</f></c>"


def number_cell(value: float, style: int = 0) -> str:
    if not math.isfinite(value):
        return error_cell("#NUM!")
    return f' s="{style}"><v>{value!r}</v></c>'


def text_cell(text: str) -> str:
    """A text; the empty one is a blank cell."""
    return f' t="inlineStr"><is><t xml:space="preserve">{escaped(text)}</t></is></c>' if text else BLANK


def shared_cell(index: int) -> str:
    """The text with that number among those of `PlainWorkbook.add_texts`."""
    return f' t="s"><v>{index}</v></c>'


def boolean_cell(value: bool) -> str:
    return f' t="b"><v>{value:d}</v></c>'


def error_cell(text: str) -> str:
    return f' t="e"><v>{escaped(text)}</v></c>'


def escaped(text: str) -> str:
    """`text` in XML; characters that XML has not are written as ECMA-376 part 1, section 22.9.2.19 says."""
    if _NOT_XML.search(text):
        text = _NOT_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return html.escape(text)


class PlainSheet:
    """Takes the rows of one sheet, in their order."""

    def __init__(self, part: IO[bytes], max_rows: int) -> None:
        self._part = part
        self._written: list[str] = [f'<worksheet xmlns="{MAIN}"><sheetData>']
        self._size = 0
        # More than are allowed, so that the reader refuses the sheet; what comes then need not be written.
        self._rows_left = max_rows + _ABOVE + 1
        self._all = 0

    @property
    def is_full(self) -> bool:
        """Whether further rows would not be written any more."""
        return self._rows_left <= 0

    def add_row(self, number: int, cells: Iterable[PlacedCell]) -> None:
        """Row `number` (the first is 1). Cells that are `BLANK` are left out, as are rows without another one."""
        found = [f'<c r="{_LETTERS[column]}{number}"{cell}' for column, cell in cells if cell]
        if not found or self._rows_left <= 0:
            return
        self._rows_left -= 1
        row = f'<row r="{number}">{"".join(found)}</row>'
        self._written.append(row)
        self._size += len(row)
        if self._size > _BUFFER:
            self._flush()

    def close(self, merges: Sequence[Merge]) -> None:
        self._written.append("</sheetData>")
        if merges:
            refs = (f'<mergeCell ref="{_LETTERS[c1]}{r1 + 1}:{_LETTERS[c2]}{r2 + 1}"/>' for r1, r2, c1, c2 in merges)
            self._written.append(f"<mergeCells>{''.join(refs)}</mergeCells>")
        self._written.append("</worksheet>")
        self._flush()

    def _flush(self) -> None:
        data = "".join(self._written).encode()
        self._all += len(data)
        if self._all > MAX_EXPANDED:
            raise FileProblem("too_big_to_read")
        self._part.write(data)
        self._written.clear()
        self._size = 0


class PlainWorkbook:
    """Writes the workbook to `target`, as a context: texts first, sheets one after the other, `finish` at the end."""

    def __init__(self, target: IO[bytes], max_rows: int) -> None:
        self._archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._max_rows = max_rows
        self._names: list[str] = []
        self._has_texts = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def add_texts(self, texts: Iterable[str]) -> None:
        """The texts that `shared_cell` names."""
        self._has_texts = True
        with self._archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{MAIN}">'.encode())
            for block in _blocks(f'<si><t xml:space="preserve">{escaped(text)}</t></si>' for text in texts):
                part.write(block)
            part.write(b"</sst>")

    @contextmanager
    def sheet(self, name: str) -> Iterator[tuple[PlainSheet, list[Merge]]]:
        """A visible worksheet, and the list for its merged cells."""
        self._names.append(name)
        merges: list[Merge] = []
        with self._archive.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w", force_zip64=True) as part:
            sheet = PlainSheet(part, self._max_rows)
            yield sheet, merges
            sheet.close(merges)

    def finish(self, formats: Sequence[str | int], *, since_1904: bool = False) -> None:
        """`formats` are those of the styles that cells name: a code, or the number of one that is built in."""
        count = len(self._names)
        sheets = "".join(
            f'<sheet name="{escaped(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(self._names, 1)
        )
        properties = '<workbookPr date1904="1"/>' if since_1904 else ""
        targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, count + 1)]
        targets += [("styles", "styles.xml"), *([("sharedStrings", "sharedStrings.xml")] if self._has_texts else [])]
        self._write("[Content_Types].xml", _content_types(self._has_texts))
        self._write("_rels/.rels", _relationships([("officeDocument", "xl/workbook.xml")]))
        self._write(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}<sheets>{sheets}</sheets></workbook>',
        )
        self._write("xl/_rels/workbook.xml.rels", _relationships(targets))
        self._write("xl/styles.xml", _styles(formats))

    def _write(self, part: str, content: str) -> None:
        self._archive.writestr(part, content)


def _blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > _BUFFER:
            yield "".join(held).encode()
            held.clear()
            size = 0
    yield "".join(held).encode()


def _content_types(has_texts: bool) -> str:
    others = ["styles", *(["sharedStrings"] if has_texts else [])]
    overrides = "".join(f'<Override PartName="/xl/{each}.xml" ContentType="{TYPE}.{each}+xml"/>' for each in others)
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="{TYPE}.worksheet+xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>{overrides}</Types>'
    )


def _relationships(targets: Sequence[tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _styles(formats: Sequence[str | int]) -> str:
    codes = {each: n for n, each in enumerate(dict.fromkeys(f for f in formats if isinstance(f, str)), FIRST_FORMAT)}
    own = "".join(f'<numFmt numFmtId="{n}" formatCode="{escaped(code)}"/>' for code, n in codes.items())
    cells = "".join(
        f'<xf numFmtId="{codes[each] if isinstance(each, str) else each}" fontId="0" fillId="0" borderId="0"/>'
        for each in formats
    )
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(codes)}">{own}</numFmts><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="{len(formats)}">{cells}</cellXfs></styleSheet>'
    )
