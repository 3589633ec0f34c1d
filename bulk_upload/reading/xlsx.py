"""xlsx → `Table`, by way of the guarded process `reading.child`."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from bulk_upload.cells import Row
from bulk_upload.headers import match_header
from bulk_upload.problems import FileProblem
from bulk_upload.reading.guarded import Child, guarded_child
from bulk_upload.reading.table import Limits, Table
from bulk_upload.reading.waiting import OnWait, Ticker

CHILD: Final = "bulk_upload.reading.child"


@contextmanager
def open_workbook(path: Path, limits: Limits, on_wait: OnWait) -> Iterator[Table]:
    """As `files.open_table`, for a workbook."""
    with path.open("rb"):
        pass  # A file that is not there is no fault of its content.
    arguments = [str(path.resolve()), str(os.getpid())]
    arguments += map(str, (limits.max_rows, limits.max_columns, limits.memory_bytes, limits.cpu_seconds))
    # Twice the CPU time that it may take: on a busy machine it waits for its turn.
    with guarded_child(CHILD, arguments, Ticker(on_wait), patience=2 * limits.cpu_seconds) as child:
        sheet, row, cells, total = _expect(child, "table")
        header = match_header(row, cells, sheet)
        with closing(_batches(child, total)) as batches:
            yield Table(header, total, batches, sheet=sheet)


def _batches(child: Child, total: int) -> Generator[list[Row]]:
    while total > 0:
        (rows,) = _expect(child, "rows")
        total -= len(rows)
        yield [(number, cells) for number, cells in rows]
    _expect(child, "end")


def _expect(child: Child, kind: str) -> list[Any]:
    said, *content = child.message()
    if said == "problem":
        code, params = content
        raise FileProblem(code, **dict(params))
    if said != kind:
        raise FileProblem("damaged_file")
    return content
