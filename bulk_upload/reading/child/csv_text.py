"""The characters of a CSV file: which encoding they are in, and whether they are text at all."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, Final

from bulk_upload.reading.child.csv_encoding import DOS, MAC, WINDOWS, guess_encoding
from bulk_upload.sheet.problems import FileProblem

# Characters. Thirteen columns of the longest texts that the sheet allows come to about 2,000.
MAX_LINE: Final = 1024 * 1024
_CHUNK: Final = 256 * 1024

# What a person calls each encoding, by Python's name of it.
ENCODING_NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    WINDOWS: "Windows-1252",
    MAC: "Mac Roman",
    DOS: "DOS 850",
}
# What says it itself, or can be nothing else.
_CERTAIN: Final = frozenset(["utf-8", "utf-8-sig", "utf-16"])
# In which the bytes of ASCII stand for its characters, and for nothing else.
ASCII_COMPATIBLE: Final = frozenset(ENCODING_NAMES) - {"utf-16"}
# The end of a file in CP/M and DOS (Ctrl-Z).
_DOS_END: Final = b"\x1a"
# Programs fill up the last block with them.
_DOS_BLOCK: Final = 512


def detect_encoding(file: BinaryIO) -> str:
    """The encoding in which the whole of `file` is text: a key of `ENCODING_NAMES`.

    A byte order mark decides; without one it is UTF-8 if every byte agrees, else what `guess_encoding` says.

    Raises `FileProblem`: ``undecodable_text``, ``broken_utf_8``, ``unclear_encoding``, ``nul_bytes`` or
    ``line_too_long``.
    """
    file.seek(0)
    start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return _checked(file, "utf-8-sig")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(file, "utf-16")
    try:
        _check(file, "utf-8")
    except UnicodeError:
        return _checked(file, guess_encoding(file))
    return "utf-8"


def is_guessed(encoding: str) -> bool:
    """Whether `encoding` was found by what its letters look like."""
    return encoding not in _CERTAIN


def _checked(file: BinaryIO, encoding: str) -> str:
    try:
        _check(file, encoding)
    except UnicodeError:
        raise FileProblem("undecodable_text", codificacion=ENCODING_NAMES[encoding]) from None
    return encoding


@contextmanager
def text_of(file: BinaryIO, encoding: str, newline: str | None) -> Iterator[io.TextIOWrapper]:
    """`file` from its start as text, without the mark of its end that DOS leaves; it stays open."""
    text = io.TextIOWrapper(content_of(file), encoding, errors="strict", newline=newline)
    try:
        yield text
    finally:
        text.detach()


def content_of(file: BinaryIO) -> IO[bytes]:
    """The bytes of `file` from its start, without the mark of its end that DOS leaves."""
    end = _text_end(file)
    file.seek(0)
    return file if end is None else io.BufferedReader(_Beginning(file, end))


def _text_end(file: BinaryIO) -> int | None:
    """Where the marks of the end begin, if the file ends with any."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - _DOS_BLOCK, 0))
    last = file.read()
    text = last.rstrip(_DOS_END)
    return None if len(text) == len(last) else size - len(last) + len(text)


class _Beginning(io.RawIOBase):
    """The first `size` bytes of a file that stays open."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._file.read(min(len(buffer), self._left))
        buffer[: len(part)] = part
        self._left -= len(part)
        return len(part)


def _check(file: BinaryIO, encoding: str) -> None:
    """Decode all of `file` in bounded memory. Raises `UnicodeError` or `FileProblem`."""
    if not _is_sound(file, encoding):
        _find_fault(file, encoding)


def _is_sound(file: BinaryIO, encoding: str) -> bool:
    """Whether `_find_fault` would find none, without counting lines: half of the time."""
    content = content_of(file)
    decoder = codecs.getincrementaldecoder(encoding)()
    length, block = 0, b" "
    while block:
        block = content.read(_CHUNK)
        try:
            chunk = decoder.decode(block, final=not block)
        except UnicodeError:
            return False
        ends = [place for place in (chunk.find("\n"), chunk.find("\r")) if place >= 0]
        if "\0" in chunk or length + min(ends, default=len(chunk)) > MAX_LINE:
            return False
        length = len(chunk) - max(chunk.rfind("\n"), chunk.rfind("\r")) - 1 if ends else length + len(chunk)
    return True


def _find_fault(file: BinaryIO, encoding: str) -> None:
    """Raises what `_check` does, for the first fault."""
    lines, length = 0, 0
    with text_of(file, encoding, newline=None) as text:
        while chunk := text.read(_CHUNK):
            nul = chunk.find("\0")
            if nul >= 0:
                raise FileProblem("nul_bytes", linea=lines + chunk.count("\n", 0, nul) + 1)
            # A line within one chunk is shorter than the limit, so only the first can be too long.
            first = chunk.find("\n")
            if length + (len(chunk) if first < 0 else first) > MAX_LINE:
                raise FileProblem("line_too_long", linea=lines + 1, maximo=MAX_LINE)
            length = length + len(chunk) if first < 0 else len(chunk) - chunk.rfind("\n") - 1
            lines += chunk.count("\n")
