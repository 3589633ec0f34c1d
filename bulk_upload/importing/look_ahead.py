"""The chunks of a file, of which the next one is prepared while the database is busy with the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NoReturn, Self

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.checking.tables import CheckedTable
from bulk_upload.importing.chunk import Chunk


class LookAhead(Iterator[Chunk]):
    """Iterates over the chunks of `table`, each as `chunk_of` makes it."""

    def __init__(self, table: CheckedTable, chunk_of: Callable[[CheckedChunk], Chunk]) -> None:
        self._batches = table.batches
        self._is_ready = table.is_ready
        self._chunk_of = chunk_of
        self._next: Chunk | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Chunk:
        early, self._next = self._next, None
        return early or self._chunk_of(next(self._batches))

    def prepare(self) -> None:
        """Read and prepare the next chunk, unless that was done or the reader is not as far yet.

        Needs no database. What goes wrong is raised when that chunk is asked for: the one before is not to blame.
        """
        if self._next or not self._is_ready():
            return
        try:
            chunk = self._chunk_of(next(self._batches))
            chunk.prepare()
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001  # raised in its turn
            self._batches = _raising(error)
        else:
            self._next = chunk


def _raising(error: Exception) -> Iterator[NoReturn]:
    raise error
    yield
