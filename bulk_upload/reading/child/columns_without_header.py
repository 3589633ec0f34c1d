"""Columns that have values but no header: a warning for each."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Final

from bulk_upload.checking.results import Problem
from bulk_upload.checking.tables import Batch, ColumnTable
from bulk_upload.sheet.cells import column_letter, is_blank

# More would say no more.
MOST: Final = 10


def with_unnamed_columns(table: ColumnTable) -> ColumnTable:
    """`table` with a warning for each column without a header that has a value in the first batch of rows.

    Only these rows are looked at: they are at hand, and a column that is in use has values there. In a CSV, cells
    beyond the header are not a column but a row's error: see `Validator`.
    """
    first = next(table.batches, None)
    if first is None:
        return table
    warnings = [_warning(place) for place in _unnamed(table, first)[:MOST]]
    return replace(table, batches=chain([first], table.batches), warnings=(*table.warnings, *warnings))


def _unnamed(table: ColumnTable, batch: Batch) -> list[int]:
    texts = table.header.texts
    known = {*table.header.positions.values(), *table.header.ignored}
    columns = batch.columns[: len(texts)] if table.delimiter else batch.columns
    unnamed = ((place, column) for place, column in enumerate(columns) if place >= len(texts) or not texts[place])
    return [place for place, column in unnamed if place not in known and not all(map(is_blank, column))]


def _warning(place: int) -> Problem:
    letter = column_letter(place)
    return Problem(0, "", "unnamed_column", {"letra": letter}, letter, warning=True)
