"""The library that reads the cells of a workbook, row by row. Nothing else imports it.

python-calamine-plus is a young fork of python-calamine. Its plain stream gives values, and is what a file is read
by; its rich stream, slower, is asked about single columns. What we know of it, and what is done about it:

- an error is given as text (``#N/A``); one that it does not know ends the stream (`sheet_repair`)
- ``dimension ref="1:4"``, UTF-16 and unknown errors end the stream, CDATA in a value is lost (`sheet_repair`)
- of two cells in one place the last one wins (`sheet_xml` counts)
- rows are as wide as the sheet's dimension says, be it true or not (`rows`)
- whole numbers are `int`
- in the rich stream dates of the 1904 calendar are wrong, and some texts: its values are not used
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from python_calamine_plus import CalamineCell, CalamineError, CalamineWorkbook

__all__ = ["Book", "RichCell", "UnreadableError", "Value"]

Value = str | int | float | bool | datetime.date | datetime.time | datetime.timedelta
RichCell = CalamineCell
UnreadableError = CalamineError


class Book:
    """An open workbook. It gives one stream at a time: beginning another one ends the first."""

    def __init__(self, source: Path | BinaryIO) -> None:
        """From a file object the library copies all its bytes into memory."""
        if isinstance(source, Path):
            self._book = CalamineWorkbook.from_path(source)
        else:
            self._book = CalamineWorkbook.from_filelike(source)

    def rows(self, sheet: str, last_column: int | None = None) -> Iterator[list[Value]]:
        """Every row from the first down to the last one with a value; a blank cell is ``""``.

        Rows are of different length; with `last_column` (A is 0) all end there. Raises `UnreadableError`.
        """
        return cast(Iterator[list[Value]], self._book.stream_sheet_by_name(sheet, max_col=last_column))

    def cells(self, sheet: str, first_column: int, last_column: int) -> Iterator[list[RichCell]]:
        """As `rows`, with formula and style of each cell from `first_column` to `last_column`.

        Rows in which there is only a formula without a result come too.
        """
        stream = self._book.stream_sheet_by_name(sheet, rich=True, min_col=first_column, max_col=last_column)
        return cast(Iterator[list[RichCell]], stream)
