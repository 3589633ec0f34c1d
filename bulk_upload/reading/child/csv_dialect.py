"""Which character separates the cells of a CSV."""

from __future__ import annotations

import csv
import io
import itertools
import re
from dataclasses import dataclass
from typing import Final

from bulk_upload.headers import HEADER_SEARCH_ROWS, count_known

# In order of preference when the header says nothing.
DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE: Final = 64 * 1024

# Excel's own hint, which it hides from the sheet: a first line such as ``sep=;``.
_HINT: Final = re.compile('"?sep=([^"\\w\r\n])"?[,;\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """`delimiter`, and how many lines (0 or 1) stand above the sheet's first row to say it."""

    delimiter: str
    hidden_lines: int = 0


def detect_dialect(sample: str) -> Dialect:
    """The dialect of a CSV whose first `SAMPLE` characters are `sample`.

    The delimiter is the one with which most known column names appear in a row, the first of equals.
    """
    hint = _HINT.match(sample)
    if hint:
        return Dialect(hint[1], hidden_lines=1)
    return Dialect(max(DELIMITERS, key=lambda delimiter: _known_columns(sample, delimiter)))


def _known_columns(sample: str, delimiter: str) -> int:
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    most = 0
    try:
        for row in itertools.islice(rows, HEADER_SEARCH_ROWS):
            most = max(most, count_known(row))
    except csv.Error:
        pass  # The sample ends within a quoted field, or the reading itself will name the fault.
    return most
