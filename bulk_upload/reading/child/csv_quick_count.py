"""The data rows of an ordinary CSV, counted without taking it apart into records: a third of the time.

Ordinary means that the csv module would read each line as one record: quotes stand around whole cells, and none of
these holds a line end. Lines end with LF or CRLF, no cell is too long, and no record has too many cells. Anything else
is counted, or refused, record by record: see `csv_file`.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from bulk_upload.checking.tables import Limits
from bulk_upload.reading.child.csv_dialect import Dialect
from bulk_upload.reading.child.csv_quotes import MAX_CELL
from bulk_upload.reading.child.csv_text import ASCII_COMPATIBLE, content_of
from bulk_upload.sheet.cells import is_blank

_BLOCK: Final = 512 * 1024
# Of these, delimiters and quotes consist the lines that may be blank: some BLANKS are no ASCII.
_MAYBE_BLANK: Final = b' \t\v\f"' + bytes(range(128, 256))


def quick_count(file: BinaryIO, encoding: str, dialect: Dialect, limits: Limits, header_row: int) -> int | None:
    """How many records below `header_row` are not blank; `None` when the file is not ordinary."""
    if encoding not in ASCII_COMPATIBLE or not dialect.delimiter.isascii():
        return None
    delimiter = dialect.delimiter.encode()
    total, above = 0, header_row + dialect.hidden_lines
    for block in _blocks(file, encoding):
        lines = _ordinary_lines(block, delimiter, limits.max_columns) if block else None
        if lines is None:
            return None
        below, above = lines[above:], max(above - len(lines), 0)
        total += len(below) - _blank(below, encoding, dialect.delimiter)
        if total > limits.max_rows:
            return None
    return total


def _blocks(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The file in blocks of whole lines, which all end with LF; an empty one in place of a line that is too long."""
    content = content_of(file)
    if encoding == "utf-8-sig":
        content.read(len(codecs.BOM_UTF8))
    while block := content.read(_BLOCK):
        if not block.endswith(b"\n"):
            block += content.readline(MAX_CELL)
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if not block.endswith(b"\n"):
            # The last line of a file needs no end.
            block = b"" if content.read(1) else block + b"\n"
        yield block


def _ordinary_lines(block: bytes, delimiter: bytes, max_columns: int) -> list[bytes] | None:
    """The lines of a block if it is ordinary."""
    if b"\r" in block or (b'"' in block and not _is_well_quoted(block, delimiter)):
        return None
    lines = block.split(b"\n")
    lines.pop()  # behind the last end
    longest = max(map(len, lines))
    if longest > MAX_CELL:
        return None
    # A delimiter within quotes counts, too: there may be fewer cells.
    if longest >= max_columns and any(line.count(delimiter) >= max_columns for line in lines):
        return None
    return lines


def _is_well_quoted(block: bytes, delimiter: bytes) -> bool:
    """Whether each quote opens or closes a cell, or is doubled within one, and all lines end outside of quotes."""
    parts = block.split(b'"')
    if len(parts) % 2 == 0 or b"\n" in b"".join(parts[1::2]):
        return False
    # What stands between quotes becomes one quote.
    rest = b'"'.join(parts[::2])
    while b'""' in rest:  # a doubled one within a cell
        rest = rest.replace(b'""', b'"')
    cells = rest.count(b'"')
    if rest.count(delimiter + b'"' + delimiter) == cells:
        return True
    opened = rest.startswith(b'"') + rest.count(b'\n"') + rest.count(delimiter + b'"')
    return opened == cells == rest.count(b'"\n') + rest.count(b'"' + delimiter)


def _blank(lines: Sequence[bytes], encoding: str, delimiter: str) -> int:
    """How many of the lines, each of which is a record, are blank."""
    maybe_blank = _MAYBE_BLANK + delimiter.encode()
    found = [line.decode(encoding) for line in lines if not line.strip(maybe_blank)]
    return sum(all(map(is_blank, cells)) for cells in csv.reader(found, delimiter=delimiter, strict=True))
