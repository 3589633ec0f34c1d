"""Which column of a sheet an unknown column of a file may be: by its header, then by the look of its values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bulk_upload.checking.tables import Batch
from bulk_upload.sheet.cells import is_blank
from bulk_upload.sheet.columns import Column
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_assignment import Assignment
from bulk_upload.sheet.preview import Reason
from bulk_upload.sheet.similar_headers import nearest
from bulk_upload.sheet.value_shapes import Shape
from bulk_upload.sheet.values import written

# Of the cells that are not blank, so many have the shape.
_SHARE: Final = 0.9


class Suggestions:
    """Each absent column of the sheet is suggested for one column of the file at most, the required ones first."""

    def __init__(self, kind: Sheet, found: Assignment, constants: Sequence[str], batch: Batch) -> None:
        self._found: dict[int, tuple[str, Reason]] = {}
        given = {*found.positions, *constants}
        absent = sorted((c for c in kind.columns if c.name not in given), key=lambda column: not column.required)
        self._by_name(absent, {found.texts[index]: index for index in reversed(found.unknown)})
        taken = {*found.positions.values(), *found.ignored, *self._found}
        self._by_values(absent, [place for place in range(len(batch.columns)) if place not in taken], batch)

    def of(self, index: int) -> tuple[str | None, Reason]:
        """The suggestion for the column of the file at `index`, and what it is based on."""
        return self._found.get(index, (None, Reason.NONE))

    def _by_name(self, absent: Sequence[Column], places: dict[str, int]) -> None:
        for column in absent:
            if text := nearest(column, list(places)):
                self._found[places.pop(text)] = (column.name, Reason.SIMILAR)

    def _by_values(self, absent: Sequence[Column], places: list[int], batch: Batch) -> None:
        suggested = {name for name, _ in self._found.values()}
        texts = {place: [written(cell) for cell in batch.columns[place] if not is_blank(cell)] for place in places}
        for column in absent:
            shape = column.usual_shape
            if column.name in suggested or shape is None:
                continue
            fitting = [place for place in places if _have_shape(texts[place], shape)]
            if len(fitting) == 1:  # of two columns of days nobody knows which it is
                self._found[fitting[0]] = (column.name, Reason.VALUES)
                places.remove(fitting[0])


def _have_shape(texts: Sequence[str], shape: Shape) -> bool:
    return bool(texts) and sum(map(shape, texts)) >= _SHARE * len(texts)
