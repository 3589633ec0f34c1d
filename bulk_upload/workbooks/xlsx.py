"""Workbooks (.xlsx) that are written from front to back: what is finished can be sent or stored while rows come.

openpyxl and XlsxWriter finish a workbook before its first byte can be had. Memory does not grow with the rows.
Every cell says its type: no program guesses one. Texts stand in the cells themselves, not in a table of texts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Any, Final, NamedTuple, Self
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from bulk_upload.sheet.cells import column_letter
from bulk_upload.workbooks import xlsx_parts as parts
from bulk_upload.workbooks.xlsx_parts import escaped

# Excel's own limits: rows of a sheet, characters of a cell.
MOST_ROWS: Final = 1_048_576
MOST_CHARACTERS: Final = 32_767
# Bytes of one sheet's XML. Beyond 2 GiB a zip needs an extension that Excel takes for damage.
MOST_SHEET_BYTES: Final = 1_900_000_000
# Bytes that are compressed at once.
BUFFER_BYTES: Final = 256 * 1024
# zlib's: a higher one costs more time than it saves bytes in such XML.
COMPRESSION: Final = 3

# Days are counted from here, and from 61 (1 March 1900) on rightly.
EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001  # a workbook knows no time zones
LEAP_DAY: Final = 61


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """How a cell looks. Compared by identity: make each one once."""

    number_format: str = "General"
    bold: bool = False
    color: str = ""
    fill: str = ""
    wrap: bool = False
    # Excel's own mark for "this is text": it holds when the cell is edited, too.
    quoted: bool = False


class Cell(NamedTuple):
    """A cell without its place."""

    style: Style
    xml: str


class Note(NamedTuple):
    """A note on a cell; sizes in pixels."""

    row: int
    column: int
    text: str
    width: int
    height: int

    @property
    def place(self) -> str:
        return f"{letter(self.column)}{self.row}"


PLAIN: Final = Style()


@functools.cache
def restyled(style: Style, number_format: str, quoted: bool = False) -> Style:
    """`style` with another format of numbers."""
    return replace(style, number_format=number_format, quoted=quoted)


def text(value: str, style: Style = PLAIN) -> Cell:
    if not value:
        return Cell(style, "/>")
    content = escaped(value[:MOST_CHARACTERS])
    return Cell(style, f' t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>')


def number(value: float | Decimal, style: Style = PLAIN) -> Cell:
    """A finite number, with all its digits."""
    digits = format(value, "f") if isinstance(value, Decimal) else repr(value)
    return Cell(style, f"><v>{digits}</v></c>")


def boolean(value: bool, style: Style = PLAIN) -> Cell:
    return Cell(style, f' t="b"><v>{int(value)}</v></c>')


def moment(value: datetime, style: Style = PLAIN) -> Cell:
    return Cell(restyled(style, "yyyy-mm-dd h:mm:ss"), f"><v>{_serial(value)!r}</v></c>")


def day(value: date, style: Style = PLAIN) -> Cell:
    return Cell(restyled(style, "yyyy-mm-dd"), f"><v>{_serial(datetime.combine(value, time()))!r}</v></c>")


def _serial(value: datetime) -> float:
    days = (value - EPOCH) / timedelta(days=1)
    # Excel knows a 29 February 1900.
    return days if days >= LEAP_DAY else days - 1


def error(value: str, style: Style = PLAIN) -> Cell:
    """One of Excel's errors, such as ``#N/A``."""
    return Cell(style, f' t="e"><v>{escape(value)}</v></c>')


def formula(value: str, style: Style = PLAIN) -> Cell:
    """A formula without a result. `value` has no equals sign."""
    return Cell(style, f"><f>{escape(value)}</f></c>")


class Sheet:
    """One sheet while it is written, row after row."""

    def __init__(self, entry: IO[bytes], styles: _StyleNumbers) -> None:
        self._entry = entry
        self._styles = styles
        self._waiting: list[str] = []
        self._waiting_size = 0
        self.rows = 0
        self.size = 0
        self.notes: list[Note] = []

    def add(self, cells: Iterable[Cell | None]) -> None:
        """Write the next row; `None` is a blank cell."""
        self.rows += 1
        row, styles = self.rows, self._styles
        written = [
            f'<c r="{letter(place)}{row}" s="{styles[cell[0]]}"{cell[1]}' for place, cell in enumerate(cells, 1) if cell
        ]
        self.write(f'<row r="{row}">{"".join(written)}</row>')

    def note(self, column: int, text: str, *, width: int, height: int) -> None:
        """Put a note on a cell of the row that was added last. Notes are kept until the sheet is finished."""
        self.notes.append(Note(self.rows, column, text, width, height))

    @property
    def is_full(self) -> bool:
        return self.rows >= MOST_ROWS or self.size >= MOST_SHEET_BYTES

    def write(self, xml: str) -> None:
        self._waiting.append(xml)
        self._waiting_size += len(xml)
        self.size += len(xml)
        if self._waiting_size >= BUFFER_BYTES:
            self.flush()

    def flush(self) -> None:
        self._entry.write("".join(self._waiting).encode())
        self._waiting.clear()
        self._waiting_size = 0


class Workbook:
    """Writes a workbook to `target`, which needs no more than `write` and `flush`. Whole when its context has ended."""

    def __init__(self, target: IO[bytes]) -> None:
        self._zip = ZipFile(target, "w", ZIP_DEFLATED, compresslevel=COMPRESSION)
        self._styles = _StyleNumbers({PLAIN: 0})
        self._names: list[str] = []
        self._with_notes: list[int] = []
        # Programs that guess a file's type look at what comes first.
        self._zip.writestr("_rels/.rels", parts.PACKAGE_RELATIONS)

    @contextmanager
    def sheet(self, name: str, widths: Sequence[float], *, landscape: bool = False) -> Iterator[Sheet]:
        """A new sheet, whose first row stays in sight; `widths` in characters."""
        self._names.append(name)
        number = len(self._names)
        with self._zip.open(f"xl/worksheets/sheet{number}.xml", "w") as entry:
            sheet = Sheet(entry, self._styles)
            sheet.write(parts.sheet_head(widths, landscape=landscape))
            yield sheet
            sheet.write(parts.sheet_tail(landscape=landscape, notes=bool(sheet.notes)))
            sheet.flush()
        if sheet.notes:
            self._with_notes.append(number)
            self._zip.writestr(f"xl/worksheets/_rels/sheet{number}.xml.rels", parts.sheet_relations(number))
            self._write(f"xl/comments{number}.xml", parts.notes(sheet.notes))
            self._write(f"xl/drawings/notes{number}.vml", parts.note_shapes(sheet.notes))

    def _write(self, name: str, pieces: Iterable[str]) -> None:
        with self._zip.open(name, "w") as entry:
            for piece in pieces:
                entry.write(piece.encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *more: object) -> None:
        """Write what stands at the end: only now are all sheets and styles known."""
        if kind is None:
            names = [quoteattr(name) for name in self._names]
            self._zip.writestr("xl/workbook.xml", parts.workbook(names))
            self._zip.writestr("xl/_rels/workbook.xml.rels", parts.workbook_relations(len(names)))
            self._zip.writestr("xl/styles.xml", parts.styles(list(self._styles)))
            self._zip.writestr("[Content_Types].xml", parts.content_types(len(names), self._with_notes))
        self._zip.close()


def streamed(
    name: str,
    header: Sequence[str],
    widths: Sequence[float],
    rows: Iterable[Any],
    add: Callable[[Sheet, Any], None] = Sheet.add,
) -> Iterator[bytes]:
    """A workbook as blocks of bytes, the first one before the first row is taken.

    What one sheet cannot hold goes on in further ones, each with the header. `add` writes one of `rows`
    to a sheet: its cells, unless it takes something else.
    """
    outlet = _Outlet()
    with Workbook(outlet) as workbook:  # type: ignore[arg-type]  # it has all that a zip needs of a file
        yield outlet.taken()
        waiting, number = iter(rows), 0
        row = next(waiting, None)
        while row is not None or number == 0:
            number += 1
            with workbook.sheet(name if number == 1 else f"{name} {number}", widths) as sheet:
                sheet.add([text(each) for each in header])
                while row is not None and not sheet.is_full:
                    add(sheet, row)
                    row = next(waiting, None)
                    if outlet.size >= BUFFER_BYTES:
                        yield outlet.taken()
    yield outlet.taken()


@functools.cache
def letter(column: int) -> str:
    return column_letter(column - 1)


class _StyleNumbers(dict[Style, int]):
    """Numbers the styles in the order of their first use."""

    def __missing__(self, style: Style) -> int:
        self[style] = number = len(self)
        return number


class _Outlet:
    """A file that can only be written; what it holds is taken away."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self.size = 0

    def write(self, block: bytes) -> int:
        self._blocks.append(bytes(block))
        self.size += len(block)
        return len(block)

    def flush(self) -> None:
        return None

    def taken(self) -> bytes:
        content = b"".join(self._blocks)
        self._blocks.clear()
        self.size = 0
        return content
