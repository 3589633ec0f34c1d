"""Double quotes in a CSV that do not close where they should, and so swallow the rows below."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Final

from bulk_upload.problems import FileProblem

# Characters of one cell: the limit of Python's csv module, four times what a cell of Excel can hold.
MAX_CELL: Final = csv.field_size_limit()


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


def quoting_problem(error: csv.Error, record: Iterable[str], start: int, end: int, delimiter: str) -> FileProblem:
    """What to tell a person about a record that the csv module refused: `record`, the lines `start` to `end`."""
    if "field limit" in str(error) and start == end:
        return FileProblem("line_too_long", linea=end, maximo=MAX_CELL)
    return FileProblem("unclosed_quote", linea=start + _opening_line(record, delimiter))


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
