"""The only door to the readers: a file on disk becomes a `Table`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

from bulk_upload.reading.csv_file import open_csv
from bulk_upload.reading.table import Limits, Table
from bulk_upload.reading.waiting import OnWait, ignore_wait
from bulk_upload.reading.xlsx import open_workbook

FileFormat = Literal["xlsx", "csv"]


def open_table(
    path: Path, file_format: FileFormat, limits: Limits, on_wait: OnWait = ignore_wait
) -> AbstractContextManager[Table]:
    """Open the file at `path` and understand its header; rows are read as the table's batches are taken.

    `on_wait` is called about once a second while the file is being read or checked, on the caller's
    thread; what it raises passes through. Leaving the context ends the child process and closes the
    file, whatever happened.

    Raises `FileProblem` when the file's content cannot be read, here or while batches are taken, and
    `OSError` when the machine is at fault (file not there, no process to be had): that may pass.
    """
    if file_format == "xlsx":
        return open_workbook(path, limits, on_wait)
    return open_csv(path, limits, on_wait)
