"""The row of totals that people leave below their data: found, not imported, and said.

No row is lost to a guess. A row is one of totals only if it is the last one that is not blank, if it would be refused
anyway, if one of its cells is the word total, if its key is blank or that word, and if all else in it are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from bulk_upload.checking.results import Problem
from bulk_upload.checking.tables import Batch
from bulk_upload.checking.validator import Validator
from bulk_upload.sheet.cells import Cell, is_blank
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.values import written

# In the normal form of headers.
_WORD: Final = re.compile(
    "(?:sub|gran|grand|suma)?total(?:es|s)?(?:de)?(?:general(?:es)?|final|productos|unidades|registros|articulos|items)?"
    "|sumas?|sumatoria"
)
_NUMBER: Final = re.compile(r"[\s$€%+-]*[0-9][0-9.,\s]*[\s$€%]*")


def totals_word(batch: Batch, header: HeaderMatch) -> str:
    """What the last row of `batch` calls itself if it looks like one of totals, else ``""``."""
    last = [column[-1] for column in batch.columns]
    for name in header.sheet.key:
        place = header.positions.get(name, -1)
        cell = last[place] if 0 <= place < len(last) else None
        if not is_blank(cell) and not _is_word(cell):  # nearly every row
            return ""
    words = [cell for cell in last if _is_word(cell)]
    if not words or not all(is_blank(cell) or _is_word(cell) or _is_number(cell) for cell in last):
        return ""
    return written(words[0])


def _is_word(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_WORD.fullmatch(normal_form(cell)))


def _is_number(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(_NUMBER.fullmatch(cell))
    return isinstance(cell, float)


class WithoutTotals:
    """The batches without the row of totals, of which `warnings` tell after the last one."""

    def __init__(self, batches: Iterable[Batch], header: HeaderMatch, delimiter: str) -> None:
        self._batches = batches
        self._header = header
        self._delimiter = delimiter
        self.warnings: list[Problem] = []

    def __iter__(self) -> Iterator[Batch]:
        held: Batch | None = None
        for batch in self._batches:
            if held is not None:
                yield held
            held = batch if totals_word(batch, self._header) else None
            if held is None:
                yield batch
        if held is None:
            return
        rest, row = _divided(held)
        if not self._is_refused(row):
            yield held
            return
        self.warnings.append(totals_warning(row, self._header))
        if rest.numbers:
            yield rest

    def _is_refused(self, row: Batch) -> bool:
        _, problems = Validator(self._header, self._delimiter).check(row)
        return bool(problems)


def totals_warning(row: Batch, header: HeaderMatch) -> Problem:
    """The warning about the last row of a batch."""
    word = shown(totals_word(row, header))
    return Problem(row.numbers[-1], "", "totals_row", {"numero": row.numbers[-1], "valor": word}, word, warning=True)


def _divided(batch: Batch) -> tuple[Batch, Batch]:
    """The batch without its last row, and that row."""
    rest = Batch(batch.numbers[:-1], [column[:-1] for column in batch.columns])
    return rest, Batch(batch.numbers[-1:], [column[-1:] for column in batch.columns])
