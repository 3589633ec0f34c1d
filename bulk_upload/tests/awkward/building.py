"""Workbooks from rows of texts and of cells in XML, for the awkward files and the differential test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bulk_upload.tests.awkward import raw_workbook as raw
from bulk_upload.tests.awkward.make_awkward import AWKWARD_ROWS, HEADER, product

QUOTE = chr(34)
LETTERS = "ABCDEFGHIJKLM"
# Styles 1, 2, … of every workbook.
FORMATS = [
    '0.0" ml"',
    "0%",
    "# ?/?",
    '[=0]"agotado";0',
    '# ?/?" kg"',
    '_-* #,##0_-;-* #,##0_-;_-* "-"??_-',
    "0.00",
    "dd/mm/yyyy",
    "#,##0",
    ";;;",
    "00000",
]
ML, PERCENT, FRACTION, SOLD_OUT, KILOS, ACCOUNTING, CENTS, DATE, GROUPED, HIDDEN, PADDED = range(1, len(FORMATS) + 1)


@dataclass(frozen=True)
class Xml:
    """A cell as it stands in the file, with its place as ``{at}``."""

    text: str


def number(value: float, style: int = 0) -> Xml:
    return Xml(f'<c r="{{at}}" s="{style}"><v>{value}</v></c>')


NO_RESULT = Xml('<c r="{at}"><f>1+1</f></c>')
ABSENT = Xml("")


def row(at: int, cells: Sequence[str | Xml]) -> str:
    written = []
    for letter, cell in zip(LETTERS, cells, strict=False):
        place = f"{letter}{at}"
        if isinstance(cell, Xml):
            written.append(cell.text.format(at=place))
        else:
            written.append(f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>')
    return f'<row r="{at}">{"".join(written)}</row>'


def changed(**changes: str | Xml) -> str:
    """Row 2: the first product with other cells."""
    return row(2, product(**changes))


SECOND = row(3, AWKWARD_ROWS[1])
STYLES = (
    f'<styleSheet xmlns="{raw.MAIN}"><numFmts>'
    + "".join(
        f'<numFmt numFmtId="{170 + n}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for n, code in enumerate(FORMATS)
    )
    + '</numFmts><cellXfs><xf numFmtId="0"/>'
    + "".join(f'<xf numFmtId="{170 + n}"/>' for n in range(len(FORMATS)))
    + "</cellXfs></styleSheet>"
)
TOP = row(1, HEADER)
BASE: dict[str, Any] = {}
OTHER = dict(zip(HEADER, AWKWARD_ROWS[1], strict=True))


def sheet(*rows: str, head: str = "", tail: str = "") -> str:
    return (
        raw.SHEET_START.replace("<sheetData>", head + "<sheetData>")
        + "".join(rows)
        + "</sheetData>"
        + tail
        + "</worksheet>"
    )


def book(*rows: str, head: str = "", tail: str = "") -> dict[str, str | bytes]:
    return raw.parts(sheet(*rows, head=head, tail=tail), styles=STYLES)


def merged(*refs: str) -> str:
    return "<mergeCells>" + "".join(f'<mergeCell ref="{ref}"/>' for ref in refs) + "</mergeCells>"


def sheets(*contents: str, states: Sequence[str] = ()) -> dict[str, str | bytes]:
    """A workbook with the sheets Hoja1, Hoja2, …"""
    parts = raw.parts(contents[0])
    names = "".join(
        f'<sheet name="Hoja{n}" sheetId="{n}" r:id="rId{n}" state="{dict(enumerate(states)).get(n - 1, "visible")}"/>'
        for n in range(1, len(contents) + 1)
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{raw.MAIN}" xmlns:r="{raw.OFFICE}"><sheets>{names}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = raw.relationships(
        *(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(contents) + 1))
    )
    return parts | {f"xl/worksheets/sheet{n}.xml": content for n, content in enumerate(contents, start=1)}


def without(parts: dict[str, str | bytes], name: str) -> dict[str, str | bytes]:
    return {part: content for part, content in parts.items() if part != name}


def utf_16(text: str) -> bytes:
    return text.replace("UTF-8", "UTF-16").encode("utf-16")
