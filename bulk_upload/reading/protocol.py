"""The protocol between the guarded child and its parent: one message a line, in JSON.

The child sends ``ready`` and reads its job (see `Job`). Then it sends either ``problem`` or ``table``,
any number of ``rows`` or ``chunk``, and ``end``. A child that dies stops in the middle of it, so that its
death is never taken for the end of a file.

    ["ready"]
    ["problem", code, [[name, value], ...]]
    ["table", header row, [cell, ...], total, sheet, encoding, delimiter, [warning, ...]]
    ["rows", [[row, [cell, ...]], ...]]
    ["chunk", [row, ...], [[value, ...], ...], next row, [problem, ...], [row, ...], [[row, row], ...]]
    ["end"]

A cell is a JSON string, number, boolean or null; an `ErrorCell` is ``{"error": text}``, a `DateCell`
``{"date": text}``, an `UnreadCell` ``{"unread": [code, text]}``. Numbers that JSON does not know travel as Python
writes them (``NaN``). The parts of a chunk are those of `CheckedChunk`; a decimal is a string, a date its ISO form, a
problem or warning the list of its fields. What the parent makes of it is in `decoding`.

Children are asked for from a process that forks them, by a `Request` on a socket of its own.
"""

from __future__ import annotations

import datetime
import json
import struct
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, Final, Self, cast

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.checking.tables import Limits, Table
from bulk_upload.sheet.cells import Cell, DateCell, ErrorCell, UnreadCell

# Bytes of one line. A row of 256 cells, each of the 32,767 characters that Excel allows, is 8 MB.
MAX_MESSAGE: Final = 32 * 1024 * 1024
# Longer lines are divided. A batch of ordinary rows is a tenth of it.
COMFORTABLE: Final = 1024 * 1024

# The last line that a child says, without its line end.
END: Final = b'["end"]'

# The exit status of a child that met a fault which is not the file's.
FAULT: Final = 70

Message = list[Any]


@dataclass(frozen=True, slots=True)
class Job:
    """What the child is to do: send the rows of the file at `path`, or, with `chunk_rows`, checked chunks of them.

    The file holds the sheet that is declared as `sheet_name` in `sheet_module`.
    """

    path: str
    file_format: str
    sheet_module: str
    sheet_name: str
    limits: Limits
    chunk_rows: int = 0
    next_row: int = 0

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Self:
        job = json.loads(line)
        return cls(**{**job, "limits": Limits(**job["limits"])})


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
    line = _encoder.encode(message).encode() + b"\n"
    if len(line) <= COMFORTABLE or message[0] != "rows" or len(message[1]) < 2:
        return line
    rows, middle = message[1], len(message[1]) // 2
    return encode(["rows", rows[:middle]]) + encode(["rows", rows[middle:]])


def decode(line: bytes) -> Message:
    """Raises `ValueError` for a line that is no message."""
    try:
        message = json.loads(line, object_hook=_cell)
    except (KeyError, RecursionError) as error:
        raise ValueError("not a message") from error
    if not isinstance(message, list) or not message:
        raise ValueError("not a message")
    return message


def table_message(table: Table) -> Message:
    found = (table.sheet, table.encoding, table.delimiter)
    return ["table", table.header.row, table.header.texts, table.total, *found, _problems(table.warnings)]


def chunk_message(chunk: CheckedChunk) -> Message:
    return [
        *("chunk", chunk.numbers, chunk.columns, chunk.next_row, _problems(chunk.problems)),
        *(list(chunk.repeated), list(chunk.corrected.items())),
    ]


def _problems(problems: Iterable[Problem]) -> list[Message]:
    return [[p.fila, p.columna, p.codigo, list(p.params.items()), p.valor, p.warning] for p in problems]


def _plain(value: object) -> object:
    """What JSON cannot write: decimals, dates and the special cells."""
    if isinstance(value, Decimal | datetime.date):
        return str(value)
    if isinstance(value, ErrorCell):
        return {"error": value.text}
    if isinstance(value, DateCell):
        return {"date": value.text}
    if isinstance(value, UnreadCell):
        return {"unread": [value.code, value.text]}
    raise TypeError(type(value).__name__)


def _cell(value: dict[str, Any]) -> Cell:
    if "error" in value:
        return ErrorCell(value["error"])
    if "unread" in value:
        code, text = value["unread"]
        return UnreadCell(code, text)
    return DateCell(value["date"])


_encoder: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
