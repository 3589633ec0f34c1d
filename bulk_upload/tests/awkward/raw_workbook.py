"""Workbooks from hand-written XML: what no library writes, but some program somewhere does."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

Target = TypeVar("Target", Path, io.BytesIO)

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

SHEET = "xl/worksheets/sheet1.xml"
SHEET_START = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}"><sheetData>'
SHEET_END = "</sheetData></worksheet>"


def content_types(main_type: str = SHEET_TYPE) -> str:
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main_type}"/></Types>'
    )


def relationships(*targets: tuple[str, str]) -> str:
    """Relationships rId1, rId2, … of these kinds and targets."""
    lines = (
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def parts(sheet: str | bytes, **others: str) -> dict[str, str | bytes]:
    """The parts of a workbook with one sheet, ``Productos``; `others` are ``styles`` and ``sharedStrings``."""
    related = [("worksheet", "worksheets/sheet1.xml"), *((kind, f"{kind}.xml") for kind in others)]
    return {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Productos" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(*related),
        SHEET: sheet,
        **{f"xl/{kind}.xml": content for kind, content in others.items()},
    }


def prefixed(sheet: str) -> str:
    """`sheet` with ``x:`` before the name of every element, as the OpenXML SDK of .NET writes."""
    return re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet).replace("xmlns=", "xmlns:x=")


def save(path: Target, content: Mapping[str, str | bytes]) -> Target:
    """Write the parts as a zip; gives `path` back, a file object rewound."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in content.items():
            # The same bytes whenever it is made.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    if isinstance(path, io.BytesIO):
        path.seek(0)
    return path


def inline_row(number: int, texts: Iterable[str], **attributes: str) -> str:
    """One row of the sheet whose cells, from A on, hold `texts`."""
    cells = "".join(
        f'<c r="{chr(ord("A") + column)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in enumerate(texts)
    )
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<row r="{number}"{extra}>{cells}</row>'
