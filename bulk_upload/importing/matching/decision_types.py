"""What is to be written for some rows, and in which place of the order of changes."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from bulk_upload.checking.results import Problem
from bulk_upload.importing.mapping.target import Key, Target, Values
from bulk_upload.sheet.values import Value


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """Where the author of a change stands in the order of changes (see `next_change_number`).

    A row of the model that was changed after `number` is not overwritten. `waiting` is the number of the newest
    earlier list of the owner that may still be imported, 0 when there is none: a row that is no newer than that takes
    `number` even when its values are equal, or that list would replace them.
    """

    number: int
    waiting: int = 0


# Of a change that is later than all others: a person's, which takes its number when it is written.
LATEST: Final = ChangeOrder(sys.maxsize)


@dataclass(slots=True)
class Known:
    """A row of the model that exists, as it is or as an earlier row of this chunk has changed it."""

    pk: Any
    owner: str | None
    version: int
    change_number: int
    values: Values


class Change(NamedTuple):
    """A row that changes a row of the model: what it was, and what it will be."""

    fila: int
    before: Values
    after: Values

    def difference(self, target: Target) -> dict[str, tuple[Value | None, Value | None]]:
        """The changed columns: name → old and new value."""
        pairs = zip(target.names, self.before, self.after, strict=True)
        return {name: (before, after) for name, before, after in pairs if before != after}


@dataclass(slots=True)
class Decisions:
    """What is to be written for a chunk, and what is to be said about it.

    `creates` and `updates` map the key of a row of the model to its new values; an update has the version that it will
    have. `created_rows` are the rows of the file that the `creates` stand in, in their order. `previous` are the
    uploads that had changed the rows of `updates` before, `None` for a person. `confirmed` are keys of rows that only
    take the number of the change. `changes` are the updates row by row (two rows may change one row of the model).
    `named` maps what all that is written refers to, and may have to be created, to the first row that names it.
    `texts` are the new rows as the writer takes them, if it was asked early.
    """

    creates: dict[Key, Values] = field(default_factory=dict)
    created_rows: list[int] = field(default_factory=list)
    updates: dict[Key, Known] = field(default_factory=dict)
    previous: dict[Key, uuid.UUID | None] = field(default_factory=dict)
    confirmed: dict[Key, Known] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    named: dict[Value, int] = field(default_factory=dict)
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def reject(self, problems: Iterable[Problem], *, duplicate: bool) -> None:
        self.problems += problems
        self.rejected += 1
        self.duplicates += duplicate

    def rejected_rows(self) -> set[int]:
        """The rows of the file that do not land."""
        return {problem.fila for problem in self.problems if not problem.warning}

    def absorb(self, other: Decisions) -> None:
        """Add the decisions of later rows, already written, to the account of these."""
        self.creates |= other.creates
        self.created_rows += other.created_rows
        self.updates |= other.updates
        self.previous |= other.previous
        self.confirmed |= other.confirmed
        self.changes += other.changes
        self.unchanged += other.unchanged
        self.duplicates += other.duplicates
        self.rejected += other.rejected
        self.problems += other.problems

    def new_rows(self) -> list[Values]:
        """In the order of their keys. Two inserts of the same keys in one order wait for each other, in two they
        deadlock.
        """
        return [self.creates[key] for key in sorted(self.creates)]  # type: ignore[type-var]  # texts, or tuples
