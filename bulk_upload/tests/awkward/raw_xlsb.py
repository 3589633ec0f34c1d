"""Small .xlsb from rows of values, record by record (MS-XLSB, section 2.1.4): no program here writes that format."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bulk_upload.tests.awkward import raw_workbook as raw

BINARY_TYPE = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}
FIRST_FORMAT = 164


@dataclass(frozen=True)
class Styled:
    """A number with the style of that number; style 0 is General."""

    value: float
    style: int


@dataclass(frozen=True)
class Error:
    text: str


Value = str | float | bool | None | Styled | Error


def record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    while size >= 0x80:
        head += bytes([size & 0x7F | 0x80])
        size >>= 7
    return head + bytes([size]) + content


def text(value: str) -> bytes:
    return struct.pack("<I", len(value.encode("utf-16-le")) // 2) + value.encode("utf-16-le")


class Texts:
    """The shared texts of a workbook."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def part(self) -> bytes:
        count = struct.pack("<II", len(self._numbers), len(self._numbers))
        items = b"".join(record(19, b"\0" + text(value)) for value in self._numbers)
        return record(159, count) + items + record(160)


def cell(column: int, value: Value, texts: Texts) -> bytes:
    style = value.style if isinstance(value, Styled) else 0
    start = struct.pack("<II", column, style)
    if isinstance(value, Styled):
        value = value.value
    if isinstance(value, Error):
        return record(3, start + bytes([ERRORS[value.text]]))
    if isinstance(value, bool):
        return record(4, start + bytes([value]))
    if isinstance(value, str):
        return record(7, start + struct.pack("<I", texts.number(value)))
    return b"" if value is None else record(5, start + struct.pack("<d", value))


def sheet_part(rows: Iterable[tuple[int, Sequence[Value]]], texts: Texts, tail: bytes = b"") -> bytes:
    """A sheet with these rows, each with its number (the first is 1)."""
    written = [record(129), record(145)]
    for number, values in rows:
        written.append(record(0, struct.pack("<IIHHB", number - 1, 0, 300, 0, 0) + bytes(4)))
        written += [cell(column, value, texts) for column, value in enumerate(values)]
    return b"".join([*written, record(146), tail, record(130)])


def merged(top: int, bottom: int, left: int, right: int) -> bytes:
    """A range of merged cells; rows and columns from 0."""
    return record(177, struct.pack("<I", 1)) + record(176, struct.pack("<IIII", top, bottom, left, right)) + record(178)


def styles_part(codes: Sequence[str]) -> bytes:
    formats = b"".join(record(44, struct.pack("<H", FIRST_FORMAT + n) + text(code)) for n, code in enumerate(codes))
    numbers = [0, *range(FIRST_FORMAT, FIRST_FORMAT + len(codes))]
    cells = b"".join(record(47, struct.pack("<HHHHH", 0, number, 0, 0, 0) + bytes(6)) for number in numbers)
    frame = record(626, b"\1\0\0\0") + record(47, bytes(16)) + record(627)
    return (
        record(278) + formats + frame + record(617, struct.pack("<I", len(numbers))) + cells + record(618) + record(279)
    )


def parts(
    sheets: Sequence[tuple[str, bytes]],
    texts: Texts,
    *,
    codes: Sequence[str] = (),
    hidden: Sequence[str] = (),
    since_1904: bool = False,
) -> dict[str, str | bytes]:
    """The parts of a workbook with these sheets: name and content."""
    bundles = b"".join(
        record(156, struct.pack("<II", name in hidden, n) + text(f"rId{n}") + text(name))
        for n, (name, _) in enumerate(sheets, start=1)
    )
    properties = record(153, struct.pack("<III", since_1904, 0, 0))
    targets = [("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)]
    targets += [("sharedStrings", "sharedStrings.bin"), ("styles", "styles.bin")]
    return {
        "[Content_Types].xml": raw.content_types(BINARY_TYPE).replace("workbook.xml", "workbook.bin"),
        "_rels/.rels": raw.relationships(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": record(131) + properties + record(143) + bundles + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": raw.relationships(*targets),
        "xl/sharedStrings.bin": texts.part(),
        "xl/styles.bin": styles_part(codes),
        **{f"xl/worksheets/sheet{n}.bin": content for n, (_, content) in enumerate(sheets, start=1)},
    }


def save(path: Path, rows: Sequence[Sequence[Value]], **options: object) -> Path:
    """A workbook with one sheet, ``Productos``, whose rows begin with row 1."""
    texts = Texts()
    content = sheet_part(enumerate(rows, start=1), texts)
    return raw.save(path, parts([("Productos", content)], texts, **options))  # type: ignore[arg-type]
