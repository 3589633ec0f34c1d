"""What is known of a file before it is imported: how its header and its first rows are understood.

Knows no Django; the guarded reader sends it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

import msgspec

from bulk_upload.sheet.bilingual_text import Params

# Samples of each column.
SAMPLES: Final = 3


class Reason(StrEnum):
    """Why a column has its target (the first two), or its suggestion; or that it has neither."""

    NAME = "name"
    MAPPING = "mapping"
    SIMILAR = "similar"
    VALUES = "values"
    NONE = "none"


class Sample(msgspec.Struct, frozen=True):
    """A cell of row `row`: as it is `written`, and the value that it is `read` as by the rule of the column's target.

    A decimal is read as text, a date as its ISO form. `code` and `params` say why a cell is refused. A column without a
    target is read by the rule of its suggestion.
    """

    row: int
    written: str
    read: str | int | bool | None
    code: str = ""
    params: Params = {}


class PreviewColumn(msgspec.Struct, frozen=True):
    """A column of the file. `target` is the column of the sheet that it fills; one that `is_ignored` has none, because
    the mapping says so.

    `key` is what names the column in a mapping: its header, or its letter where that is blank or stands twice.
    """

    letter: str
    header: str
    key: str
    target: str | None
    reason: Reason
    suggestion: str | None = None
    is_ignored: bool = False
    samples: list[Sample] = []


class IgnoredRow(msgspec.Struct, frozen=True):
    """A row that is not imported: one above the header, or the totals below the data."""

    row: int
    reason: Literal["title", "totals"]
    text: str


class PreviewProblem(msgspec.Struct, frozen=True):
    """Why the import would refuse the file: the code and the parameters of a `FileProblem`."""

    code: str
    params: Params


class PreviewWarning(msgspec.Struct, frozen=True):
    """A warning about the file as a whole."""

    code: str
    params: Params


class SheetPreview(msgspec.Struct, frozen=True):
    """How a file is understood. `header_row` is the last of its `header_rows` (1 or 2) rows.

    `worksheets` are the visible ones, none in a CSV; `encoding` and `delimiter` are set for a CSV. `missing` are the
    required columns that nothing fills. `problem` is what the import would refuse the file for as things stand.
    `corrects` is the task id that a corrected-row workbook names.
    """

    worksheets: list[str]
    worksheet: str
    header_row: int
    header_rows: int
    encoding: str
    delimiter: str
    columns: list[PreviewColumn]
    missing: list[str]
    ignored_rows: list[IgnoredRow] = []
    warnings: list[PreviewWarning] = []
    problem: PreviewProblem | None = None
    corrects: str = ""
