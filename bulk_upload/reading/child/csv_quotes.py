"""Double quotes in a CSV that do not close where they should, and so swallow the rows below."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Final

from bulk_upload.sheet.problems import FileProblem

# Characters of one cell: the limit of Python's csv module, four times what a cell of Excel can hold.
MAX_CELL: Final = csv.field_size_limit()


def swallowing_cell(cells: Sequence[str], width: int, delimiter: str) -> int | None:
    """The place of a cell that holds rows: a quote was left open, and closed by a quote below. `None` if there is none.

    Such a cell is well-formed to every parser. Two things give it away. Rows that are joined at the same column
    leave exactly `width - 1` delimiters for each line end. And between the first and the last line of the cell
    stand rows: lines with about as many delimiters as the header.
    """
    if width <= 2:
        return None
    for place, cell in enumerate(cells):
        lines = cell.splitlines() if "\n" in cell or "\r" in cell else []
        if len(lines) < 2:
            continue
        ends = cell.count("\n") or cell.count("\r")
        between = [_delimiters(line, delimiter) for line in lines]
        if sum(between) == ends * (width - 1) or any(width - 2 <= count <= width + 1 for count in between[1:-1]):
            return place
    return None


def _delimiters(line: str, delimiter: str) -> int:
    """How many there are; commas that a blank follows are prose."""
    return line.count(delimiter) - (line.count(", ") if delimiter == "," else 0)


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
