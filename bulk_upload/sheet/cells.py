"""What a cell can hold once a reader has read it. Known to the readers and to the parsing of values."""

from __future__ import annotations

import re

import msgspec

from bulk_upload.sheet.text_cleaning import BLANKS


class ErrorCell(msgspec.Struct, frozen=True, tag="error"):
    """A cell that shows an Excel error, such as ``#N/A``."""

    text: str


class DateCell(msgspec.Struct, frozen=True, tag="date"):
    """A cell whose number is a date, a time or a duration; `text` is its ISO form."""

    text: str


class UnreadCell(msgspec.Struct, frozen=True, tag="unread"):
    """A cell whose value cannot be told; `code` is one of `ROW_PROBLEMS`, `text` what is known of the value."""

    code: str
    text: str


# `None` is a blank cell. A number of a workbook is always a float, unless it stands in a column of codes
# or text and its cell format adds something (``00000``, ``0" ml"``): then it is the text that the sheet shows.
# A CSV holds only text.
Cell = str | float | bool | None | ErrorCell | DateCell | UnreadCell

# The sheet's own row number (the first row is 1) and its cells from column A on; trailing blanks may
# be absent. Blank rows never come.
Row = tuple[int, list[Cell]]


def is_blank(cell: Cell) -> bool:
    """Whether a person would call the cell empty: nothing in it, or only (also non-breaking) spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip(BLANKS))


def row_number(cell: Cell) -> int | None:
    """The row of a sheet that `cell` names, in whatever form a spreadsheet program has kept the number."""
    text = format(cell, ".15g") if isinstance(cell, float) else cell.strip(BLANKS) if isinstance(cell, str) else ""
    return int(text) if re.fullmatch("[0-9]{1,7}", text) else None


def column_letter(index: int) -> str:
    """The spreadsheet's name of the column at `index` (0 is ``A``, 26 is ``AA``)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """The place of a column by its letters: what `column_letter` is the reverse of."""
    index = 0
    for letter in letters:
        index = 26 * index + ord(letter) - ord("A") + 1
    return index - 1
