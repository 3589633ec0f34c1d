"""Double quotes in a CSV that do not close where they should, and so swallow the rows below."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bulk_upload.problems import FileProblem
from bulk_upload.reading.child.csv_text import MAX_LINE

# Characters of one cell: the limit of Python's csv module, four times what a cell of Excel can hold.
MAX_CELL: Final = csv.field_size_limit()


class BoundedLines(Iterator[str]):
    """Hands a CSV's lines to `csv.reader`, and refuses a record that goes on for too long.

    `number` is the line handed out last, the first is 1. Call `next_record` after each record.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._size = 0
        self.number = 0
        self.record_start = 1

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self._size += len(line)
        if self._size > MAX_LINE and self.in_record > 1:
            raise csv.Error("record too long")
        return line

    @property
    def in_record(self) -> int:
        """How many lines the record has taken so far."""
        return self.number - self.record_start + 1

    def next_record(self) -> None:
        self.record_start = self.number + 1
        self._size = 0

    def skip(self, lines: int) -> None:
        """Pass over the lines that stand above the first row."""
        for _ in range(lines):
            next(self, "")
        self.next_record()


def swallowed_rows(cells: Sequence[str], width: int, delimiter: str) -> bool:
    """Whether a cell holds whole rows: a quote was left open, and closed by the next quote below.

    Such a cell is well-formed to every parser. What gives it away is that joining two or more rows of
    `width` cells leaves exactly `width - 1` delimiters for each line end in it; a text of a few lines
    does that by chance only in narrow sheets, of which ours is none.
    """
    for cell in cells:
        ends = cell.count("\n") or cell.count("\r")
        if ends and width > 2 and cell.count(delimiter) == ends * (width - 1):
            return True
    return False


def quoting_problem(error: csv.Error, lines: BoundedLines, record: Iterable[str], delimiter: str) -> FileProblem:
    """What to tell a person about a record that the csv module refused; `record` are its lines."""
    if "field limit" in str(error) and lines.in_record == 1:
        return FileProblem("line_too_long", linea=lines.number, maximo=MAX_CELL)
    return FileProblem("unclosed_quote", linea=lines.record_start + _opening_line(record, delimiter))


def _opening_line(record: Iterable[str], delimiter: str) -> int:
    """In which line of `record` (the first is 0) the quote opens that is not closed properly."""
    opened = 0
    at_start, quoted, closed = True, False, False
    for number, line in enumerate(record):
        for character in line:
            if quoted:
                quoted, closed = character != '"', character == '"'
            elif character == '"' and (at_start or closed):
                opened = opened if closed else number
                quoted, closed = True, False
            elif closed and character not in (delimiter, "\r", "\n"):
                return opened
            else:
                closed = False
            at_start = not quoted and character == delimiter
    return opened
