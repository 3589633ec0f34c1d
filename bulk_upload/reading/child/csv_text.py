"""The characters of a CSV file: which encoding they are in, and whether they are text at all."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

from bulk_upload.problems import FileProblem

# Characters. Thirteen columns of the longest texts that the sheet allows come to about 2,000.
MAX_LINE: Final = 1024 * 1024
_CHUNK: Final = 256 * 1024

# What a person calls each encoding, by Python's name of it.
ENCODING_NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
}


def detect_encoding(file: BinaryIO) -> str:
    """The encoding in which the whole of `file` is text: a key of `ENCODING_NAMES`.

    A byte order mark decides; without one it is UTF-8 if every byte agrees, else Windows-1252, which
    Excel writes. Detectors by statistics were measured to take Spanish for Central European.

    Raises `FileProblem`: ``undecodable_text``, ``nul_bytes`` or ``line_too_long``.
    """
    file.seek(0)
    start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        try:
            _check(file, encoding)
        except UnicodeError:
            continue
        return encoding
    raise FileProblem("undecodable_text", codificacion=ENCODING_NAMES[candidates[-1]])


@contextmanager
def text_of(file: BinaryIO, encoding: str, newline: str | None) -> Iterator[io.TextIOWrapper]:
    """`file` from its start as text; it stays open."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="strict", newline=newline)
    try:
        yield text
    finally:
        text.detach()


def _check(file: BinaryIO, encoding: str) -> None:
    """Decode all of `file` in bounded memory. Raises `UnicodeError` or `FileProblem`."""
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
