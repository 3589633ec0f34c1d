"""The dates, times and durations that calamine gives → what a cell can hold."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from itertools import chain
from typing import Final

from bulk_upload.cells import Cell, DateCell

Date = datetime.date | datetime.time | datetime.timedelta
_DATES: Final = frozenset([datetime.date, datetime.datetime, datetime.time, datetime.timedelta])


def without_dates(rows: Sequence[Sequence[Cell | Date]]) -> Sequence[list[Cell]]:
    """`rows` with a `DateCell` for each date: mostly the very same rows, for few sheets hold any."""
    if _DATES.isdisjoint(map(type, chain.from_iterable(rows))):
        return rows  # type: ignore[return-value]  # there is none
    return [[date_cell(cell) if isinstance(cell, Date) else cell for cell in cells] for cells in rows]


def date_cell(value: Date) -> DateCell:
    """A date or time in ISO 8601, a duration as a sheet shows it, hours first: ``26:30:00``."""
    if not isinstance(value, datetime.timedelta):
        return DateCell(value.isoformat())
    minutes, seconds = divmod(abs(value) // datetime.timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return DateCell(f"{'-' if value.days < 0 else ''}{hours}:{minutes:02}:{seconds:02}")
