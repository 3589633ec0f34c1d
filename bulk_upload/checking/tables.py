"""What every reader gives, whatever the file's format.

Nothing in this package knows the ORM; the guarded child imports it without Django.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.sheet.cells import Row
from bulk_upload.sheet.headers import HeaderMatch


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may ask of a reader: rows and columns, and the guarded child's memory and CPU."""

    max_rows: int = 1_048_575
    max_columns: int = 256
    memory_bytes: int = 1536 * 1024**2
    cpu_seconds: int = 300


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was opened and understood.

    `total` counts the data rows (below the header, not blank) and is known before the first batch is
    read. `sheet` is set for a workbook, `encoding` and `delimiter` for a CSV. `warnings` are about the file as a
    whole.
    """

    header: HeaderMatch
    total: int
    batches: Iterator[list[Row]]
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """As `Table`, with checked chunks in place of rows; `total` counts all rows of the file."""

    header: HeaderMatch
    total: int
    chunks: Iterator[CheckedChunk]
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    warnings: tuple[Problem, ...] = ()
