"""What calamine does not say about a cell: the error it shows, the zeros its format adds."""

from __future__ import annotations

import itertools
import operator
from array import array
from collections.abc import Iterator
from typing import Final

from bulk_upload.cells import ErrorCell
from bulk_upload.reading.child.number_formats import Padding

Mark = ErrorCell | Padding

_COLUMN_BITS: Final = 14
_KIND_BITS: Final = 20
# Excel knows about fifteen errors. A file that makes up more than this gets the general one.
_MAX_KINDS: Final = 1 << 17
_ANY_ERROR: Final = ErrorCell("#ERROR!")


class Marks:
    """Marked cells, eight bytes each: a whole column of them is nothing unusual."""

    def __init__(self) -> None:
        self._packed = array("Q")
        self._kinds: list[Mark] = [_ANY_ERROR]
        self._index: dict[Mark, int] = {_ANY_ERROR: 0}

    def __len__(self) -> int:
        return len(self._packed)

    def add(self, row: int, column: int, mark: Mark) -> None:
        """Mark the cell in sheet row `row` (the first is 1) and at `column` (A is 0)."""
        kind = self._index.get(mark)
        if kind is None:
            kind = 0
            if len(self._kinds) < _MAX_KINDS:
                kind = self._index[mark] = len(self._kinds)
                self._kinds.append(mark)
        self._packed.append((row << _COLUMN_BITS | column) << _KIND_BITS | kind)

    def seen(self) -> list[Mark]:
        """The different marks that were made."""
        return self._kinds[1:]

    def by_row(self) -> Iterator[tuple[int, list[tuple[int, Mark]]]]:
        """The marked rows from top to bottom, each with its marked columns."""
        kinds, kind_mask, column_mask = self._kinds, (1 << _KIND_BITS) - 1, (1 << _COLUMN_BITS) - 1
        row: int = 0
        cells: list[tuple[int, Mark]] = []
        for packed in self._sorted():
            place = packed >> _KIND_BITS
            if place >> _COLUMN_BITS != row:
                if cells:
                    yield row, cells
                row, cells = place >> _COLUMN_BITS, []
            cells.append((place & column_mask, kinds[packed & kind_mask]))
        if cells:
            yield row, cells

    def _sorted(self) -> array[int]:
        """The order of the sheet, which a file's order need not be."""
        packed = self._packed
        if not all(map(operator.le, packed, itertools.islice(packed, 1, None))):
            self._packed = array("Q", sorted(packed))
        return self._packed
