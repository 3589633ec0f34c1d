"""The streams of a compound file, in which an .xls lies (MS-CFB)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from bulk_upload.reading.compound_files import MAGIC
from bulk_upload.sheet.problems import FileProblem

# Sector numbers from here on mean the end of a chain, or no sector.
_LAST_SECTOR: Final = 0xFFFFFFFA
_IN_HEADER: Final = 109
_ENTRY_BYTES: Final = 128
_ROOT, _STREAM = 5, 2
_SECTOR_SHIFTS: Final = (9, 12)
_MINI_SHIFT: Final = 6


class CompoundFile:
    """Reads from the file's `data`. Raises `FileProblem`, or `struct.error` where it ends early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        if not data.startswith(MAGIC):
            raise FileProblem("not_a_workbook")
        shift, mini_shift = struct.unpack_from("<HH", self._data, 30)
        if shift not in _SECTOR_SHIFTS or mini_shift != _MINI_SHIFT:
            raise FileProblem("damaged_file")
        self._sector = 1 << shift
        self._sectors = max(-(-len(self._data) // self._sector) - 1, 0)
        self._table = self._sector_table()
        directory, _, self._mini_cutoff, mini_start = struct.unpack_from("<IIII", self._data, 48)
        self._entries = self._directory(directory)
        self._mini_table = _numbers(self._chain(mini_start))

    def stream(self, *names: str) -> bytes:
        """The first of the streams with one of these names. Raises `FileProblem` when there is none."""
        for name in names:
            for found, kind, start, size in self._entries:
                if kind == _STREAM and found.lower() == name.lower():
                    return self._content(start, size)
        raise FileProblem("not_a_workbook")

    def _content(self, start: int, size: int) -> bytes:
        if size >= self._mini_cutoff:
            return self._chain(start)[:size]
        root = next((entry for entry in self._entries if entry[1] == _ROOT), None)
        if root is None:
            raise FileProblem("damaged_file")
        small, step = self._chain(root[2]), 1 << _MINI_SHIFT
        return b"".join(small[n * step : (n + 1) * step] for n in _follow(start, self._mini_table))[:size]

    def _sector_table(self) -> Sequence[int]:
        """The file's allocation table: for each sector the one that follows it."""
        first, count = struct.unpack_from("<II", self._data, 68)
        places = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        each = self._sector // 4
        for _ in range(min(count, self._sectors)):
            if first >= _LAST_SECTOR or len(places) > self._sectors + _IN_HEADER:
                break
            *more, first = _numbers(self._at(first))[:each]
            places += more
        used = [place for place in places if place < _LAST_SECTOR]
        if len(used) > self._sectors:
            raise FileProblem("damaged_file")
        return _numbers(b"".join(map(self._at, used)))[: self._sectors]

    def _directory(self, start: int) -> list[tuple[str, int, int, int]]:
        data = self._chain(start)
        entries = []
        for at in range(0, len(data) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            first, size = struct.unpack_from("<II", data, at + 116)
            name = data[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", errors="replace")
            entries.append((name, kind, first, size))
        return entries

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._at, _follow(start, self._table)))

    def _at(self, sector: int) -> bytes:
        """One sector; the last one of a file may be cut off."""
        begin = (sector + 1) * self._sector
        if begin >= len(self._data):
            raise FileProblem("damaged_file")
        return self._data[begin : begin + self._sector]


def _follow(start: int, table: Sequence[int]) -> Iterator[int]:
    """The sectors of the chain that begins with `start`."""
    for _ in range(len(table) + 1):
        if start >= _LAST_SECTOR:
            return
        yield start
        if start >= len(table):
            raise FileProblem("damaged_file")
        start = table[start]
    raise FileProblem("damaged_file")


def _numbers(data: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
