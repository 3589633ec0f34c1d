"""The rows of a sheet on their way through a nameless file: how many there are is known before the first is given."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self, cast

from bulk_upload.checking.chunks import CheckingFault
from bulk_upload.checking.tables import Batch
from bulk_upload.reading.child.zip_package import MEGABYTE

_IN_MEMORY: Final = 32 * MEGABYTE


class Spool:
    """Batches of rows: written one after the other, then read once."""

    def __init__(self) -> None:
        """The file of a large sheet lies in the folder for temporary files."""
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._batches = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def take(self, batches: Iterable[Batch]) -> None:
        """Keep these batches in the place of all others."""
        self._file.seek(0)
        self._batches = 0
        for batch in batches:
            self.add(batch)

    def add(self, batch: Batch) -> None:
        data = pickle.dumps(batch, pickle.HIGHEST_PROTOCOL)
        with _disk():
            self._file.write(data)
        self._batches += 1

    def batches(self) -> Iterator[Batch]:
        with _disk():
            self._file.seek(0)
        for _ in range(self._batches):
            yield cast(Batch, pickle.load(self._file))  # noqa: S301  # what this process has written itself


@contextmanager
def _disk() -> Iterator[None]:
    """A full disk is no fault of the file."""
    try:
        yield
    except OSError as error:
        raise CheckingFault("no room for the rows of a sheet") from error
