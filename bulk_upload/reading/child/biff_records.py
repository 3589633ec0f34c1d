"""The records of an .xls of Excel 5 to 2003 (MS-XLS, section 2.1.4), and the texts in them (section 2.5.293)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final

CONTINUE: Final = 0x3C
_HEAD: Final = struct.Struct("<HH")
# Flags of a text.
_WIDE, _EXTENDED, _RICH = 1, 4, 8

Record = tuple[int, int, bytes]


def records(stream: bytes, at: int) -> Iterator[Record]:
    """Kind, place and content of each record from the place `at` on. Ends where the stream ends."""
    end = len(stream) - _HEAD.size
    while at <= end:
        kind, size = _HEAD.unpack_from(stream, at)
        yield kind, at, stream[at + 4 : at + 4 + size]
        at += 4 + size


def with_continuations(stream: bytes, at: int) -> list[bytes]:
    """The content of the record at the place `at`, and of those that go on with it."""
    found: list[bytes] = []
    for kind, _, content in records(stream, at):
        if found and kind != CONTINUE:
            break
        found.append(content)
    return found


class TextReader:
    """Reads texts of Excel 97 and later, one after the other, that go over the ends of records."""

    def __init__(self, contents: Sequence[bytes], at: int) -> None:
        self._contents = contents
        self._record = 0
        self._at = at

    def has_more(self) -> bool:
        last = len(self._contents) - 1
        return self._record < last or self._at < len(self._contents[last])

    def text(self) -> str:
        """Raises `struct.error` or `IndexError` when the records end before it does."""
        self._next_if_at_end()
        content, at = self._contents[self._record], self._at
        count, flags = struct.unpack_from("<HB", content, at)
        at += 3
        extra = 0
        if flags & _RICH:
            extra = 4 * struct.unpack_from("<H", content, at)[0]
            at += 2
        if flags & _EXTENDED:
            extra += struct.unpack_from("<I", content, at)[0]
            at += 4
        self._at = at
        text = self._characters(count, flags & _WIDE)
        if extra:
            self._skip(extra)
        return text

    def _characters(self, count: int, wide: int) -> str:
        parts: list[bytes] = []
        while True:
            content = self._contents[self._record]
            size = count << 1 if wide else count
            data = content[self._at : self._at + size]
            self._at += len(data)
            parts.append(data if wide else data.decode("latin-1").encode("utf-16-le"))
            count -= len(data) >> 1 if wide else len(data)
            if not count:
                return b"".join(parts).decode("utf-16-le", "replace")
            # The next record says again how its characters are written.
            self._record += 1
            wide = self._contents[self._record][0] & _WIDE
            self._at = 1

    def _skip(self, count: int) -> None:
        while count:
            self._next_if_at_end()
            step = min(count, len(self._contents[self._record]) - self._at)
            self._at += step
            count -= step

    def _next_if_at_end(self) -> None:
        while self._at >= len(self._contents[self._record]):
            self._record += 1
            self._at = 0


def wide_text(content: bytes, at: int, count: int) -> str:
    """`count` characters of Excel 97 or later, whose flags are at the place `at`."""
    if content[at] & _WIDE:
        return content[at + 1 : at + 1 + 2 * count].decode("utf-16-le", "replace")
    return content[at + 1 : at + 1 + count].decode("latin-1")
