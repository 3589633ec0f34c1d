"""CSV and JSON as blocks of bytes, made while they are sent: memory does not grow with the number of rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from bulk_upload.sheet.formulas import protected

# Excel knows UTF-8 by it.
BYTE_ORDER_MARK: Final = "\ufeff"
BLOCK_BYTES: Final = 256 * 1024


def csv_blocks(headers: Sequence[str], rows: Iterable[Sequence[Any]], separator: str) -> Iterator[bytes]:
    """A text that a spreadsheet would run as a formula is marked as text."""
    block = io.StringIO()
    block.write(BYTE_ORDER_MARK)
    writer = csv.writer(block, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(headers)
    for row in rows:
        writer.writerow([protected(value) if isinstance(value, str) else value for value in row])
        if block.tell() > BLOCK_BYTES:
            yield _taken(block)
    yield _taken(block)


def json_blocks(items: Iterable[Any]) -> Iterator[bytes]:
    """A list, an item a line; what JSON has no type for is a text."""
    block = io.StringIO()
    separator = "[\n"
    for item in items:
        block.write(separator + json.dumps(item, ensure_ascii=False, default=str))
        separator = ",\n"
        if block.tell() > BLOCK_BYTES:
            yield _taken(block)
    block.write("[]\n" if separator == "[\n" else "\n]\n")
    yield _taken(block)


def _taken(block: io.StringIO) -> bytes:
    """What `block` holds, as bytes; it is empty afterwards."""
    content = block.getvalue().encode()
    block.seek(0)
    block.truncate()
    return content
