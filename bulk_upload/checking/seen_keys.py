"""Which keys stood in an earlier row of the file: exact, and in bounded memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Final, Self

# Keys of each kind that are held as Python's strings, about 100 bytes each: a worksheet has no more rows. A million
# rows with two keys each take the reader 245 MB instead of 65, and a tenth less CPU.
HELD: Final = 1_048_576
# Keys in memory beyond, in KiB, for each import; SQLite keeps the rest in a temporary file of its own.
CACHE_KIB: Final = 8 * 1024


class SeenKeys:
    """Remembers the first row of each key over a whole file of any size.

    A Python dictionary is fastest, but its memory grows with the file: the keys of a CSV that is longer than a
    worksheet can be move to a nameless SQLite database, which holds them exactly in a B-tree with a fixed cache and
    removes itself.
    """

    def __init__(self, kinds: int) -> None:
        """There are so many `kinds` of keys, known by their numbers: values of one may stand among those of another."""
        self._held: list[dict[str, int]] = [{} for _ in range(kinds)]
        self._db: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._db is not None:
            self._db.close()

    def add(self, kind: int, keys: Sequence[str], rows: Sequence[int]) -> dict[int, int]:
        """Remember the keys of these `rows`, in the order of the file.

        Returns, for each row whose key stood in an earlier row, that first row: ``{fila: fila_anterior}``.
        """
        if self._db is None and sum(map(len, self._held)) + len(keys) > HELD * len(self._held):
            self._db = self._moved()
        if self._db is not None:
            return self._add_to(self._db, kind, list(zip(keys, rows, strict=True)))
        held = self._held[kind]
        known = len(held)
        firsts = list(map(held.setdefault, keys, rows))
        if len(held) - known == len(keys):
            return {}
        return {fila: first for fila, first in zip(rows, firsts, strict=True) if first != fila}

    def _moved(self) -> sqlite3.Connection:
        """A database with what is held, which is not held any more."""
        db = sqlite3.connect("", isolation_level=None)
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        for kind, held in enumerate(self._held):
            db.execute(f"CREATE TABLE keys{kind} (key TEXT PRIMARY KEY, fila INTEGER) WITHOUT ROWID")
            db.executemany(f"INSERT INTO keys{kind} VALUES (?, ?)", held.items())  # noqa: S608  # a number
            held.clear()
        return db

    @staticmethod
    def _add_to(db: sqlite3.Connection, kind: int, pairs: Sequence[tuple[str, int]]) -> dict[int, int]:
        before = db.total_changes
        db.executemany(f"INSERT OR IGNORE INTO keys{kind:d} VALUES (?, ?)", pairs)  # noqa: S608
        return {} if db.total_changes - before == len(pairs) else dict(_repeated(db, kind, pairs))


def _repeated(db: sqlite3.Connection, kind: int, pairs: Iterable[tuple[str, int]]) -> Iterable[tuple[int, int]]:
    for key, fila in pairs:
        (first,) = db.execute(f"SELECT fila FROM keys{kind:d} WHERE key = ?", (key,)).fetchone()  # noqa: S608
        if first != fila:
            yield fila, first
