"""Which character separates the cells of a CSV."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_rows import HEADER_SEARCH_ROWS, count_known
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping

# In order of preference when nothing else decides.
DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE: Final = 64 * 1024

# Excel's own hint, which it hides from the sheet: a first line such as ``sep=;``.
_HINT: Final = re.compile('"?sep=([^"\\w\r\n])"?[,;\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """`delimiter`, and how many lines (0 or 1) stand above the sheet's first row to say it."""

    delimiter: str
    hidden_lines: int = 0


def detect_dialect(sample: str, kind: Sheet, mapping: SheetMapping = NO_MAPPING) -> Dialect:
    """The dialect of a CSV whose first `SAMPLE` characters are `sample`.

    The delimiter is the one with which most names of columns of this `kind` of sheet, or of the `mapping`, appear in a
    row. When none is known, it is the one that divides most rows into the same number of cells; of equals the one that
    makes more cells.
    """
    hint = _HINT.match(sample)
    if hint:
        return Dialect(hint[1], hidden_lines=1)
    divided = {delimiter: _rows(sample, delimiter) for delimiter in DELIMITERS}
    known = {
        delimiter: max((count_known(row, kind, mapping) for row in rows), default=0)
        for delimiter, rows in divided.items()
    }
    if any(known.values()):
        return Dialect(max(DELIMITERS, key=known.__getitem__))
    return Dialect(max(DELIMITERS, key=lambda delimiter: _regularity(divided[delimiter])))


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    """The first rows, as far as they can be read."""
    rows: list[list[str]] = []
    with suppress(csv.Error):  # The sample ends within a quoted field, or the reading itself will name the fault.
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        rows.extend(itertools.islice(reader, HEADER_SEARCH_ROWS))
    return rows


def _regularity(rows: list[list[str]]) -> tuple[int, int]:
    """How many rows have the same number of cells, more than one, and what that number is."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))
