"""Which keys stood in an earlier row of the file: exact, and in bounded memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Final, Self

# Keys in memory, in KiB, for each import; SQLite keeps the rest in a temporary file of its own.
CACHE_KIB: Final = 8 * 1024


class SeenKeys:
    """Remembers the first row of each key over a whole file of any size.

    A Python set of a million pairs takes over 150 MB; a nameless SQLite database holds them exactly in a
    B-tree with a fixed cache and removes itself.
    """

    def __init__(self, kinds: int) -> None:
        """There are so many `kinds` of keys, known by their numbers: values of one may stand among those of another."""
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        for kind in range(kinds):
            self._db.execute(f"CREATE TABLE keys{kind} (key TEXT PRIMARY KEY, fila INTEGER) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, kind: int, keys: Sequence[tuple[str, int]]) -> dict[int, int]:
        """Remember `(key, row)` pairs, in the order of the file.

        Returns, for each row whose key stood in an earlier row, that first row: ``{fila: fila_anterior}``.
        """
        before = self._db.total_changes
        self._db.executemany(f"INSERT OR IGNORE INTO keys{kind:d} VALUES (?, ?)", keys)  # noqa: S608
        if self._db.total_changes - before == len(keys):
            return {}
        return dict(self._repeated(kind, keys))

    def _repeated(self, kind: int, keys: Iterable[tuple[str, int]]) -> Iterable[tuple[int, int]]:
        for key, fila in keys:
            (first,) = self._db.execute(f"SELECT fila FROM keys{kind:d} WHERE key = ?", (key,)).fetchone()  # noqa: S608
            if first != fila:
                yield fila, first
