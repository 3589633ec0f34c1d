"""What the library gives for a cell → what a cell can hold: numbers are floats, dates and errors have their classes."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from typing import cast

from bulk_upload.reading.child.calamine import Value
from bulk_upload.sheet.cells import Cell, DateCell, ErrorCell

Date = datetime.date | datetime.time | datetime.timedelta


def to_cells(column: Sequence[Value]) -> Sequence[Cell]:
    """The cells of one column: mostly the very same."""
    types = set(map(type, column))
    if int in types and types <= {int, float}:
        return list(map(float, cast(Sequence[float], column)))
    return [to_cell(value) for value in column] if not types <= {str, float, bool} else cast(Sequence[Cell], column)


def with_errors(cells: Sequence[Cell], errors: Collection[str]) -> Sequence[Cell]:
    """The cells of one column, with those that are among the texts of `errors` as errors."""
    if set(errors).isdisjoint(cells):
        return cells
    return [ErrorCell(cell) if isinstance(cell, str) and cell in errors else cell for cell in cells]


def to_cell(value: Value) -> Cell:
    if value.__class__ is int:
        return float(value)
    return date_cell(value) if isinstance(value, Date) else value


def date_cell(value: Date) -> DateCell:
    """A date or time in ISO 8601, a duration as a sheet shows it, hours first: ``26:30:00``."""
    if not isinstance(value, datetime.timedelta):
        return DateCell(value.isoformat())
    minutes, seconds = divmod(abs(value) // datetime.timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return DateCell(f"{'-' if value.days < 0 else ''}{hours}:{minutes:02}:{seconds:02}")
