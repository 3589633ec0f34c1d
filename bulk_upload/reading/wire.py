"""What the guarded child says to its parent: one message a line, in JSON.

A conversation is ``ready``, then either ``problem`` or ``table``, any number of ``rows`` and ``end``.
A child that dies stops in the middle of it, so that its death is never taken for the end of a file.

    ["ready"]
    ["problem", code, [[name, value], ...]]
    ["table", sheet, header row, [cell, ...], total]
    ["rows", [[row, [cell, ...]], ...]]
    ["end"]

A cell is a JSON string, number, boolean or null; an `ErrorCell` is ``{"error": text}``, a `DateCell`
``{"date": text}``. Numbers that JSON does not know travel as Python writes them (``NaN``).
"""

from __future__ import annotations

import datetime
import json
from typing import Any, Final

from bulk_upload.cells import Cell, DateCell, ErrorCell

# Bytes of one line. A row of 256 cells, each of the 32,767 characters that Excel allows, is 8 MB.
MAX_MESSAGE: Final = 32 * 1024 * 1024
# Longer lines are divided. A batch of ordinary rows is a tenth of it.
COMFORTABLE: Final = 1024 * 1024

Message = list[Any]
Date = datetime.date | datetime.time | datetime.timedelta


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


def date_cell(value: Date) -> DateCell:
    """A date or time in ISO 8601, a duration as a sheet shows it, hours first: ``26:30:00``."""
    if not isinstance(value, datetime.timedelta):
        return DateCell(value.isoformat())
    minutes, seconds = divmod(abs(value) // datetime.timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return DateCell(f"{'-' if value.days < 0 else ''}{hours}:{minutes:02}:{seconds:02}")


def _plain(value: object) -> object:
    """What JSON cannot write: the special cells, and dates as calamine gives them."""
    if isinstance(value, ErrorCell):
        return {"error": value.text}
    if isinstance(value, DateCell | Date):
        return {"date": value.text if isinstance(value, DateCell) else date_cell(value).text}
    raise TypeError(type(value).__name__)


def _cell(value: dict[str, str]) -> Cell:
    if "error" in value:
        return ErrorCell(value["error"])
    return DateCell(value["date"])


_encoder: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
