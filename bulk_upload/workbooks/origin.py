"""Which upload and which of its rows a correction is about."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from bulk_upload.models import BulkUpload
from bulk_upload.sheet.cells import Cell, row_number
from bulk_upload.sheet.columns import ORIGINAL_ROW
from bulk_upload.sheet.headers import HeaderMatch


@dataclass(frozen=True, slots=True)
class Origin:
    """The first upload of the rows; `position` is where a file that is itself a correction names their rows there."""

    task_id: uuid.UUID
    position: int | None

    @classmethod
    def of(cls, upload: BulkUpload, header: HeaderMatch) -> Origin:
        return cls(upload.corrects_id or upload.task_id, header.original_row if upload.corrects_id else None)

    @property
    def header(self) -> str:
        """The header of the column with the rows' numbers: see `headers.match_header`."""
        return origin_header(self.task_id)

    def row(self, fila: int, cells: Sequence[Cell]) -> int | None:
        """The row of the first upload, for row `fila` of this one."""
        if self.position is None:
            return fila
        return row_number(cells[self.position]) if self.position < len(cells) else None


def origin_header(task_id: uuid.UUID | str) -> str:
    return f"{ORIGINAL_ROW} {task_id}"
