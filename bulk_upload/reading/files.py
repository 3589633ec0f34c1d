"""The only door to the readers: a file on disk becomes a `Table`, or checked chunks.

readers = Readers()
with readers.reader(limits, on_wait) as reader:
    table = reader.checked(path, "csv", sheet, next_row=0, chunk_rows=2500)
    for chunk in table.batches: ...
readers.close()
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.checking.tables import CheckedTable, Limits, Part, RowTable, Table
from bulk_upload.reading import decoding, protocol
from bulk_upload.reading.child_process import Child
from bulk_upload.reading.fork_server import ForkServer
from bulk_upload.reading.heartbeat import OnWait, ignore_wait
from bulk_upload.sheet.cells import Row
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.headers import HeaderMatch
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.sheet.preview import SheetPreview
from bulk_upload.sheet.problems import FileProblem


class Reader:
    """A guarded child that reads one file when it is asked.

    All ways open the file and understand its header; the rest is read as rows or chunks are taken. They
    raise `FileProblem` when the file's content cannot be read, at once or while rows are taken, and `OSError`
    when the machine is at fault (file not there, no process to be had): that may pass. `file_format` is what the file
    was accepted as: see `child.plain_file`.
    """

    def __init__(self, child: Child, limits: Limits, on_wait: OnWait) -> None:
        self._child = child
        self._limits = limits
        self._on_wait = on_wait

    def preview(self, path: Path, file_format: str, sheet: Sheet, mapping: SheetMapping = NO_MAPPING) -> SheetPreview:
        """How the file would be understood; only its first rows are read."""
        self._child.ask(replace(self._job(path, file_format, sheet, mapping), preview=True), self._on_wait)
        return decoding.preview(self._child.line(), sheet)

    def rows(self, path: Path, file_format: str, sheet: Sheet, mapping: SheetMapping = NO_MAPPING) -> RowTable:
        """The file's rows as they stand."""
        header, opened = self._open(self._job(path, file_format, sheet, mapping), sheet)
        table = _table(header, opened)
        table.batches = self._rows(table)
        return table

    def checked(
        self,
        path: Path,
        file_format: str,
        sheet: Sheet,
        *,
        next_row: int,
        chunk_rows: int,
        mapping: SheetMapping = NO_MAPPING,
    ) -> CheckedTable:
        """The file's rows from `next_row` on, checked, at most `chunk_rows` in each chunk."""
        job = self._job(path, file_format, sheet, mapping)
        header, opened = self._open(replace(job, next_row=next_row, chunk_rows=chunk_rows), sheet)
        table = _table(header, opened)
        table.batches = self._chunks(table, whole=not next_row)
        table.is_ready = self._child.has_line
        return table

    def _job(self, path: Path, file_format: str, sheet: Sheet, mapping: SheetMapping) -> protocol.Job:
        return protocol.Job(_there(path), file_format, sheet.module, sheet.name, self._limits, mapping=mapping)

    def _open(self, job: protocol.Job, sheet: Sheet) -> tuple[HeaderMatch, protocol.Opened]:
        self._child.ask(job, self._on_wait)
        return decoding.table(self._child.line(), sheet, job.mapping)

    def _rows(self, table: RowTable) -> Iterator[list[Row]]:
        found = 0
        while not isinstance(message := decoding.rows(self._child.line()), protocol.End):
            found += len(message)
            yield _counted(message, found, table.total)
        _end(table, message, found, whole=True)

    def _chunks(self, table: CheckedTable, *, whole: bool) -> Iterator[CheckedChunk]:
        found = 0
        sheet = table.header.sheet
        while not isinstance(chunk := decoding.chunk(self._child.line(), sheet), protocol.End):
            found += len(chunk.numbers) + len({problem.fila for problem in chunk.problems})
            yield _counted(chunk, found, table.total)
        _end(table, chunk, found, whole=whole)


def _table(header: HeaderMatch, opened: protocol.Opened) -> Table[Any]:
    found = (opened.sheet, opened.encoding, opened.delimiter, tuple(opened.warnings))
    return Table(header, opened.total, iter(()), *found)


def _counted(part: Part, found: int, most: int) -> Part:
    """The part, unless more rows have come than the file has."""
    if found > most:
        raise FileProblem("damaged_file")
    return part


def _end(table: Table[Any], end: protocol.End, found: int, *, whole: bool) -> None:
    """The rows that were found must be those of the file; not more, if it was not read as a `whole`."""
    if not found <= end.total <= table.total or (whole and found < end.total):
        raise FileProblem("damaged_file")
    table.total = end.total
    table.final_warnings = tuple(end.warnings)


class Readers:
    """Gives out readers, and keeps the process running that they are forked from. Close it at the end.

    Several threads may take readers, once `prepare` was called on one that outlives them.
    """

    def __init__(self, sheet_modules: Sequence[str] = ()) -> None:
        """`sheet_modules` are those of the sheets that are read often: that process imports them once."""
        self._sheet_modules = sheet_modules
        self._server: ForkServer | None = None
        self._lock = threading.RLock()

    def prepare(self) -> None:
        """Start that process, unless it runs, so that the next reader need not wait. Where that fails it is tried
        again when a reader is needed."""
        with suppress(OSError):
            self._running_server()

    @contextmanager
    def reader(self, limits: Limits, on_wait: OnWait = ignore_wait) -> Iterator[Reader]:
        """A reader for as long as the context lasts. Leaving it ends the child process, whatever happened.

        `on_wait` is called about once a second while the file is being read or checked; what it raises
        passes through.
        """
        child = Child(self._running_server())
        try:
            yield Reader(child, limits, on_wait)
        finally:
            child.end()

    def close(self) -> None:
        """End the process, and the readers that are left."""
        with self._lock:
            if self._server is not None:
                self._server.close()
                self._server = None

    def _running_server(self) -> ForkServer:
        with self._lock:
            if self._server is not None and not self._server.is_alive():
                self.close()
            if self._server is None:
                self._server = ForkServer(self._sheet_modules)
            return self._server


@contextmanager
def only_reader(limits: Limits, on_wait: OnWait = ignore_wait) -> Iterator[Reader]:
    """A reader for somebody who reads one file only."""
    with closing(Readers()) as readers, readers.reader(limits, on_wait) as reader:
        yield reader


@contextmanager
def open_table(
    path: Path, file_format: str, sheet: Sheet, limits: Limits, on_wait: OnWait = ignore_wait
) -> Iterator[RowTable]:
    """The rows of one file, by an `only_reader`."""
    with only_reader(limits, on_wait) as reader:
        yield reader.rows(path, file_format, sheet)


def _there(path: Path) -> str:
    """Raises `OSError` for a file that is not there: that is no fault of its content."""
    with path.open("rb"):
        return str(path.resolve())
