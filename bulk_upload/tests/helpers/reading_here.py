"""A file read in the tests' own process, through the messages of the guarded child: no process is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.checking.tables import CheckedTable, Limits
from bulk_upload.reading import protocol
from bulk_upload.reading.child.messages import messages
from bulk_upload.reading.files import Reader
from bulk_upload.reading.heartbeat import OnWait, ignore_wait
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.preview import SheetPreview
from bulk_upload.sheet.problems import FileProblem
from catalog.sheets.products import PRODUCTS

CHUNK_ROWS: Final = 10


class _Here:
    """In the place of a child: says the same, without a process of its own."""

    def ask(self, job: protocol.Job, on_wait: OnWait) -> None:
        self._messages = messages(protocol.Job.of(job.line()))

    def line(self) -> bytes:
        try:
            return protocol.encode(next(self._messages))
        except FileProblem as problem:
            return protocol.encode(protocol.Refused(problem.code, problem.params))

    def has_line(self) -> bool:
        return True


def _reader() -> Reader:
    here: Any = _Here()
    return Reader(here, Limits(), ignore_wait)


def preview(path: Path, mapping: SheetMapping = NO_MAPPING, sheet: Sheet = PRODUCTS) -> SheetPreview:
    return _reader().preview(path, path.suffix[1:], sheet, mapping)


def checked(
    path: Path, mapping: SheetMapping = NO_MAPPING, sheet: Sheet = PRODUCTS, chunk_rows: int = CHUNK_ROWS
) -> tuple[CheckedTable, list[CheckedChunk]]:
    """The table and its chunks. Raises `FileProblem`."""
    table = _reader().checked(path, path.suffix[1:], sheet, next_row=0, chunk_rows=chunk_rows, mapping=mapping)
    return table, list(table.batches)


def values(chunks: list[CheckedChunk], sheet: Sheet = PRODUCTS) -> list[dict[str, Any]]:
    """The good rows, by the columns that have a value."""
    rows = (zip(sheet.names, row, strict=True) for chunk in chunks for row in chunk.rows())
    return [{name: value for name, value in row if value is not None} for row in rows]
