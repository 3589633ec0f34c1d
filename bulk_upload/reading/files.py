"""The only door to the readers: a file on disk becomes a `Table`, or checked chunks.

with Readers().reader(limits, on_wait) as reader:
    table = reader.checked(path, "csv", next_row=0, chunk_rows=2500)
    for chunk in table.chunks: ...
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from bulk_upload.cells import Row
from bulk_upload.checking.results import CheckedChunk
from bulk_upload.headers import HeaderMatch, match_header
from bulk_upload.problems import FILE_PROBLEMS, FileProblem
from bulk_upload.reading import wire
from bulk_upload.reading.guarded import LOGGED_BYTES, Child
from bulk_upload.reading.table import CheckedTable, Limits, Table
from bulk_upload.reading.waiting import OnWait, ignore_wait

logger = logging.getLogger(__name__)

FileFormat = Literal["xlsx", "csv"]


class Reader:
    """A guarded child that starts, and reads one file when it is asked.

    Both ways open the file and understand its header; the rest is read as rows or chunks are taken. They
    raise `FileProblem` when the file's content cannot be read, at once or while rows are taken, and `OSError`
    when the machine is at fault (file not there, no process to be had): that may pass.
    """

    def __init__(self, child: Child, limits: Limits, on_wait: OnWait) -> None:
        self._child = child
        self._limits = limits
        self._on_wait = on_wait

    def rows(self, path: Path, file_format: FileFormat) -> Table:
        """The file's rows as they stand."""
        header, total, *found = self._open(wire.Job(_there(path), file_format, self._limits))
        return Table(header, total, self._batches(total), *found)

    def checked(self, path: Path, file_format: FileFormat, *, next_row: int, chunk_rows: int) -> CheckedTable:
        """The file's rows from `next_row` on, checked, at most `chunk_rows` in each chunk."""
        job = wire.Job(_there(path), file_format, self._limits, chunk_rows, next_row)
        header, total, *found = self._open(job)
        return CheckedTable(header, total, self._chunks(total, whole=not next_row), *found)

    def _open(self, job: wire.Job) -> tuple[HeaderMatch, int, str, str, str]:
        self._child.ask(job, self._on_wait)
        said = self._expect("table")
        try:
            row, texts, total, *found = said
            sheet, encoding, delimiter = found
            wire.check_texts([*texts, *found])
            wire.check_numbers([row, total])
        except (ValueError, TypeError):
            raise FileProblem("damaged_file") from None
        return match_header(row, texts, sheet), total, sheet, encoding, delimiter

    def _batches(self, total: int) -> Iterator[list[Row]]:
        while total > 0:
            (rows,) = self._expect("rows")
            if not rows:
                raise FileProblem("damaged_file")
            total -= len(rows)
            yield [(number, cells) for number, cells in rows]
        self._expect("end")

    def _expect(self, kind: str) -> list[Any]:
        said, *content = _message(self._child.line())
        if said != kind:
            raise FileProblem("damaged_file")
        return content

    def _chunks(self, total: int, *, whole: bool) -> Iterator[CheckedChunk]:
        """The chunks, which must hold as many rows as the file; not more, if it is not read as a `whole`."""
        while (line := self._child.line()) != wire.END:
            chunk = _chunk(line)
            total -= len(chunk.numbers) + len({problem.fila for problem in chunk.problems})
            if total < 0:
                raise FileProblem("damaged_file")
            yield chunk
        if whole and total:
            raise FileProblem("damaged_file")


def _chunk(line: bytes) -> CheckedChunk:
    kind, *content = _message(line)
    try:
        if kind == "chunk":
            return wire.chunk_of(content)
    except (ValueError, TypeError, ArithmeticError):
        pass
    raise FileProblem("damaged_file")


def _message(line: bytes) -> wire.Message:
    try:
        message = wire.decode(line)
    except ValueError:
        logger.warning("The reader of files sent no message but %r", line[:LOGGED_BYTES])
        raise FileProblem("damaged_file") from None
    if message[0] == "problem":
        raise _problem(message)
    return message


def _problem(message: wire.Message) -> FileProblem:
    """The problem that the child tells, if it is one that we know."""
    try:
        _, code, params = message
        if code in FILE_PROBLEMS:
            problem = FileProblem(code)
            problem.params = wire.checked_params(params)
            return problem
    except (ValueError, TypeError):
        pass
    return FileProblem("damaged_file")


class Readers:
    """Gives out readers, and has the child of the next one started before it is needed."""

    def __init__(self) -> None:
        self._spare: Child | None = None

    def prepare(self) -> None:
        """Start a child for the next reader, unless one waits. Where that fails it is tried again when needed."""
        if self._spare is not None and not self._spare.is_alive():
            self.close()
        if self._spare is None:
            with suppress(OSError):
                self._spare = Child()

    @contextmanager
    def reader(self, limits: Limits, on_wait: OnWait = ignore_wait) -> Iterator[Reader]:
        """A reader for as long as the context lasts. Leaving it ends the child process, whatever happened.

        `on_wait` is called about once a second while the file is being read or checked; what it raises
        passes through.
        """
        self.prepare()
        child, self._spare = self._spare or Child(), None
        try:
            yield Reader(child, limits, on_wait)
        finally:
            child.end()

    def close(self) -> None:
        """End the child that waits."""
        if self._spare is not None:
            self._spare.end()
            self._spare = None


@contextmanager
def open_table(path: Path, file_format: FileFormat, limits: Limits, on_wait: OnWait = ignore_wait) -> Iterator[Table]:
    """The rows of one file, by a reader of their own."""
    with Readers().reader(limits, on_wait) as reader:
        yield reader.rows(path, file_format)


def _there(path: Path) -> str:
    """Raises `OSError` for a file that is not there: that is no fault of its content."""
    with path.open("rb"):
        return str(path.resolve())
