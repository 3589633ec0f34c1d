"""The protocol between the guarded child and its parent: one message a line, in JSON, by msgspec.

The child sends ``ready`` and reads its job (see `Job`). Then it sends either ``problem`` or ``table``,
any number of ``rows`` or ``chunk``, and ``end``. A child that dies stops in the middle of it, so that its
death is never taken for the end of a file.

    ["ready"]
    ["problem", code, {name: value, ...}]
    ["table", header row, [cell, ...], total, sheet, encoding, delimiter, [warning, ...], [group, ...]]
    ["rows", [[row, [cell, ...]], ...]]
    ["chunk", [row, ...], [[value, ...], ...], next row, [problem, ...], [row, ...], {row: row, ...}]
    ["end", total, [warning, ...]]

Asked for a preview, it sends ``problem`` or ``["preview", {…}]``, a `SheetPreview`.

A cell is a JSON string, number, boolean or null; an `ErrorCell` is ``{"type": "error", "text": …}``, the other special
cells likewise. The parts of a chunk are those of `CheckedChunk`; a decimal is a string, a date its ISO form, a problem
or warning the list of its fields. What the parent makes of it is in `decoding`.

Children are asked for from a process that forks them, by a `Request` on a socket of its own.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar, Final, Self, cast

import msgspec

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.checking.tables import Limits
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.cells import Row
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.preview import SheetPreview

# Bytes of one line. A row of 256 cells, each of the 32,767 characters that Excel allows, is 8 MB.
MAX_MESSAGE: Final = 32 * 1024 * 1024
# Longer lines are divided. A batch of ordinary rows is a tenth of it.
COMFORTABLE: Final = 1024 * 1024

# A CSV may have blank lines between its rows; none has more lines than this.
LAST_ROW: Final = 2**31 - 1
RowNumber = Annotated[int, msgspec.Meta(ge=0, le=LAST_ROW)]

# The exit status of a child that met a fault which is not the file's.
FAULT: Final = 70


class Ready(msgspec.Struct, frozen=True, array_like=True, tag="ready"):
    """The child runs, and waits for its job."""


class Refused(msgspec.Struct, frozen=True, array_like=True, tag="problem"):
    """The file cannot be read on: the code and the parameters of a `FileProblem`."""

    code: str
    params: Params


class Opened(msgspec.Struct, frozen=True, array_like=True, tag="table"):
    """The file was understood: as `Table`, with the row and the texts of its header, and the row of groups above it."""

    row: RowNumber
    texts: list[str]
    total: RowNumber
    sheet: str
    encoding: str
    delimiter: str
    warnings: list[Problem]
    groups: list[str] = []


class Rows(msgspec.Struct, frozen=True, array_like=True, tag="rows"):
    """Some rows as they stand in the file."""

    rows: list[Row]


class Previewed(msgspec.Struct, frozen=True, array_like=True, tag="preview"):
    """How the file would be understood."""

    preview: SheetPreview


class End(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    """The file has been read: it holds so many rows. `warnings` are about what was found below the last one."""

    total: RowNumber
    warnings: list[Problem] = []


Message = Ready | Refused | Opened | Rows | CheckedChunk | End | Previewed


class Job(msgspec.Struct, frozen=True):
    """What the child is to do: send the rows of the file at `path`, or, with `chunk_rows`, checked chunks of them; or
    only a preview.

    The file holds the sheet that is declared as `sheet_name` in `sheet_module`, with its columns as the `mapping` says.
    """

    path: str
    file_format: str
    sheet_module: str
    sheet_name: str
    limits: Limits
    chunk_rows: int = 0
    next_row: int = 0
    mapping: SheetMapping = NO_MAPPING
    preview: bool = False

    def line(self) -> bytes:
        return _encoder.encode(self) + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Self:
        return msgspec.json.decode(line, type=cls)


class Ask(Enum):
    """What the parent asks of the process that forks children."""

    FORK = b"F"
    STATUS = b"S"
    END = b"E"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and of which child, by its number; its three descriptors come along when it is to be forked.

    The other two are answered by its exit status, negative when a signal ended it.
    """

    BYTES: ClassVar = 9
    ANSWER_BYTES: ClassVar = 5

    ask: Ask
    child: int

    def packed(self) -> bytes:
        return struct.pack("!cq", self.ask.value, self.child)

    @classmethod
    def of(cls, packed: bytes) -> Self:
        letter, child = struct.unpack("!cq", packed)
        return cls(Ask(letter), child)

    @staticmethod
    def answered(status: int | None) -> bytes:
        """An answer: the status of a child, or that it still lives."""
        return struct.pack("!?i", status is None, status or 0)

    @staticmethod
    def answer(packed: bytes) -> int | None:
        """What `answered` packed. Raises `ConnectionError` for what is no answer: the process has ended."""
        try:
            lives, status = struct.unpack("!?i", packed)
        except struct.error:
            raise ConnectionError("the process that forks readers has ended") from None
        return None if lives else cast(int, status)


def encode(message: Message) -> bytes:
    """The message as a line, or as several when it holds so many long rows that one would be too long."""
    line = _encoder.encode(message) + b"\n"
    if len(line) <= COMFORTABLE or not isinstance(message, Rows) or len(message.rows) < 2:
        return line
    rows, middle = message.rows, len(message.rows) // 2
    return encode(Rows(rows[:middle])) + encode(Rows(rows[middle:]))


_encoder: Final = msgspec.json.Encoder()
