"""What every reader gives, whatever the file's format.

Nothing in this package knows the ORM; the guarded child imports it without Django.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import msgspec

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.sheet.cells import Cell, Row
from bulk_upload.sheet.headers import HeaderMatch

Part = TypeVar("Part")


class Limits(msgspec.Struct, frozen=True):
    """What one file may ask of a reader: rows and columns, and the guarded child's memory and CPU."""

    max_rows: int = 1_048_575
    max_columns: int = 256
    memory_bytes: int = 1536 * 1024**2
    cpu_seconds: int = 300


class Batch(NamedTuple):
    """Some rows of a sheet by column, from column A on: each has a cell for each of `numbers`, the rows' own numbers.

    Blank columns at the right may be absent. Blank rows never come. A cell is `None` where a CSV's row has ended.
    """

    numbers: Sequence[int]
    columns: list[Sequence[Cell]]


@dataclass(slots=True)
class Table(Generic[Part]):
    """A file that was opened and understood.

    `total` counts the data rows (below the header, not blank); of a workbook it may count some blank ones, too, until
    the last of the `batches` was taken. `sheet` is set for a workbook, `encoding` and `delimiter` for a CSV. `warnings`
    are about the file as a whole; `final_warnings`, set when the last batch was taken, about what stood below it.
    `is_ready` says whether the next batch can be taken without waiting for it.
    """

    header: HeaderMatch
    total: int
    batches: Iterator[Part]
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    warnings: tuple[Problem, ...] = ()
    is_ready: Callable[[], bool] = lambda: False
    final_warnings: tuple[Problem, ...] = ()


# In the guarded child; as its parent gets the rows; and as it gets them checked.
ColumnTable = Table[Batch]
RowTable = Table[list[Row]]
CheckedTable = Table[CheckedChunk]
