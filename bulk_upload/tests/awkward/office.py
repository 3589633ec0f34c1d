"""What a file of the folder ``office`` holds, and how a file of each kind is made of it."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from bulk_upload.tests.awkward import raw_xlsb

Sheet = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Formatted:
    """A cell with a number format."""

    value: Any
    code: str


@dataclass(frozen=True)
class Office:
    """The sheets of a workbook by name, as a person sees them: rows of cells from A1 on.

    `hidden` are the names of hidden sheets, `merged` ranges of the first one.
    """

    sheets: Mapping[str, Sheet]
    hidden: Sequence[str] = ()
    merged: Sequence[str] = ()
    since_1904: bool = False


@dataclass(frozen=True)
class Case:
    """What a file is made of, and what a careful person expects of it.

    `content` is a workbook or the file's bytes. `products` are what differs from the first of `AWKWARD_ROWS`; `errors`
    maps (row, column) to a code; `warnings` are about the file, `problem` is that of the whole. `mapping` is what a
    person says of the columns.
    """

    content: Office | bytes
    products: Sequence[Mapping[str, Any]] = ()
    errors: Mapping[tuple[int, str], str] = field(default_factory=dict)
    problem: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    mapping: Mapping[str, Any] = field(default_factory=dict)


def one(rows: Sheet, **options: Any) -> Office:
    """A workbook with one sheet."""
    return Office({"Hoja1": rows}, **options)


def as_xlsx(office: Office) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    if office.since_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for name, rows in office.sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in office.hidden else "visible"
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                _fill(sheet.cell(number, column), value)
    for place in office.merged:
        book.worksheets[0].merge_cells(place)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(cell: Any, value: Any) -> None:
    if isinstance(value, Formatted):
        cell.value = value.value
        cell.number_format = value.code
    elif value not in (None, ""):
        cell.value = value


def as_xlsb(office: Office) -> bytes:
    codes = sorted({c.code for rows in office.sheets.values() for row in rows for c in row if isinstance(c, Formatted)})
    texts = raw_xlsb.Texts()
    sheets = [
        (name, raw_xlsb.sheet_part(enumerate(([_xlsb(cell, codes) for cell in row] for row in rows), start=1), texts))
        for name, rows in office.sheets.items()
    ]
    file = io.BytesIO()
    raw_xlsb.raw.save(file, raw_xlsb.parts(sheets, texts, codes=codes, hidden=office.hidden))
    return file.getvalue()


def _xlsb(cell: Any, codes: Sequence[str]) -> raw_xlsb.Value:
    if isinstance(cell, Formatted):
        value = (cell.value - datetime.date(1899, 12, 30)).days if isinstance(cell.value, datetime.date) else cell.value
        return raw_xlsb.Styled(value, codes.index(cell.code) + 1)
    if isinstance(cell, str) and cell in raw_xlsb.ERRORS:
        return raw_xlsb.Error(cell)
    return None if cell in (None, "") else float(cell) if type(cell) is int else cell


def as_csv(rows: Sheet, delimiter: str = ";", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    text = "".join(delimiter.join("" if cell is None else str(cell) for cell in row) + end for row in rows)
    return text.encode(encoding)


def as_zip(*files: tuple[str, bytes], flags: int = 0) -> bytes:
    """These files, in the same bytes whenever it is made; `flags` are said of each."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    data = bytearray(target.getvalue())
    if flags:
        data[6] |= flags
        data[data.index(b"PK\x01\x02") + 8] |= flags
    return bytes(data)


def with_part(workbook: bytes, name: str, content: bytes) -> bytes:
    """A zip with another content of one part."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = [(part, content if part == name else archive.read(part)) for part in archive.namelist()]
    return as_zip(*parts)


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
