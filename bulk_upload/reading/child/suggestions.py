"""Which column of a sheet an unknown column of a file may be: by its header, then by the look of its values."""

from __future__ import annotations

from bulk_upload.checking.tables import Batch
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_assignment import Assignment
from bulk_upload.sheet.preview import Reason
from bulk_upload.sheet.similar_headers import nearest


class Suggestions:
    """Each absent column of the sheet is suggested for one column of the file at most."""

    def __init__(self, kind: Sheet, found: Assignment, batch: Batch) -> None:
        self._found: dict[int, tuple[str, Reason]] = {}
        absent = [column for column in kind.columns if column.name not in found.positions]
        places = {found.texts[index]: index for index in reversed(found.unknown)}
        for column in sorted(absent, key=lambda column: not column.required):
            if text := nearest(column, list(places)):
                self._found[places.pop(text)] = (column.name, "similar")

    def of(self, index: int) -> tuple[str | None, Reason]:
        """The suggestion for the column of the file at `index`, and what it is based on."""
        return self._found.get(index, (None, "none"))
