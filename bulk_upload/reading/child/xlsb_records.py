"""The records of a part of an .xlsb (MS-XLSB, section 2.1.4), and the texts in them (section 2.5.168)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, Final

from bulk_upload.reading.child.zip_package import MEGABYTE
from bulk_upload.sheet.problems import FileProblem

# Bytes of a record: a text of Excel's 32,767 characters with formats is 0.3 MB.
_LONGEST: Final = 16 * MEGABYTE
# Bytes of what stands before a record's content, at most: two of its kind, four of its size.
_HEAD: Final = 6


def records(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record. Raises `FileProblem` when the last one is cut off."""
    data, is_end = b"", False
    while not is_end:
        block = stream.read(MEGABYTE)
        is_end = not block
        data += block
        at, last = 0, len(data) if is_end else len(data) - _HEAD
        while at < last:
            kind, size, start = _head(data, at)
            if size > _LONGEST:
                raise FileProblem("damaged_file")
            if start + size > len(data):
                break
            yield kind, data[start : start + size]
            at = start + size
        data = data[at:]
    if data:
        raise FileProblem("damaged_file")


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Kind and size of the record at the place `at`, and where its content begins."""
    kind = data[at]
    at += 1
    if kind & 0x80:
        kind = kind & 0x7F | (data[at] & 0x7F) << 7
        at += 1
    size = 0
    for shift in (0, 7, 14, 21):
        byte = data[at]
        at += 1
        size |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return kind, size, at


def wide_text(content: bytes, at: int) -> tuple[str, int]:
    """The text at the place `at`, and where it ends; one that is absent is empty."""
    (count,) = struct.unpack_from("<I", content, at)
    at += 4
    if count == 0xFFFFFFFF:
        return "", at
    end = at + 2 * count
    if end > len(content):
        raise FileProblem("damaged_file")
    return content[at:end].decode("utf-16-le", "replace"), end
