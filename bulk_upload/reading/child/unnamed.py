"""Columns that have values but no header: a warning for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

from bulk_upload.checking.results import Problem
from bulk_upload.checking.tables import Table
from bulk_upload.sheet.cells import Row, column_letter, is_blank

# More would say no more.
MOST: Final = 10


def with_unnamed_columns(table: Table) -> Table:
    """`table` with a warning for each column without a header that has a value in the first batch of rows.

    Only these rows are looked at: they are at hand, and a column that is in use has values there. In a CSV, cells
    beyond the header are not a column but a row's error: see `Validator`.
    """
    batches: Iterator[list[Row]] = iter(table.batches)
    first = next(batches, [])
    warnings = [_warning(place) for place in _unnamed(table, first)[:MOST]]
    return replace(table, batches=chain([first] if first else [], batches), warnings=(*table.warnings, *warnings))


def _unnamed(table: Table, rows: list[Row]) -> list[int]:
    texts = table.header.texts
    width = len(texts) if table.delimiter else max((len(cells) for _, cells in rows), default=0)
    places = [place for place in range(width) if place >= len(texts) or not texts[place]]
    return [place for place in places if any(place < len(cells) and not is_blank(cells[place]) for _, cells in rows)]


def _warning(place: int) -> Problem:
    letter = column_letter(place)
    return Problem(0, "", "unnamed_column", {"letra": letter}, letter, warning=True)
