"""Decides on the good rows of a chunk and writes them: what the database refuses as a whole is halved until the refused
rows are alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import compress
from typing import Final, Literal, overload

from django.db import DataError, IntegrityError, transaction
from structlog.stdlib import get_logger

from bulk_upload.checking.results import CheckedChunk, Problem
from bulk_upload.importing.import_context import ImportContext
from bulk_upload.importing.mapping.missing_references import (
    Suggestions,
    beyond,
    create_missing,
    created_warning,
    missing_names,
    most_created,
)
from bulk_upload.importing.mapping.target import Columns
from bulk_upload.importing.matching import create_or_update
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.writing import writer
from bulk_upload.importing.writing.author import Author
from bulk_upload.importing.writing.copy_writer import nothing
from bulk_upload.sheet.values import Value
from medisupply.logs.errors import described

log = get_logger(__name__)

NOT_NULL_VIOLATION: Final = "23502"


class ChunkRefused(Exception):
    """The database takes none of the rows: the fault is the table's or this release's, not the file's."""


class GoodRows:
    """The rows of one chunk that were found good, in one run of its transaction."""

    def __init__(self, context: ImportContext, checked: CheckedChunk) -> None:
        self._context = context
        self._target = context.target
        self._upload = context.upload
        self._checked = checked
        self._refused = 0
        self._meanwhile: Callable[[], None] = nothing
        self._early: Decisions | None = None
        # Keys of rows of another model that were created on the way, or are by a plan.
        self.created: list[str] = []
        self._author = Author(self._upload.proveedor_id, self._upload.task_id, self._upload.number)
        created = self._target.created_place
        self._created_place = None if created is None else self._target.places[created]

    def decide_early(self) -> Decisions:
        """What is to be written if all rows are new. Needs no database."""
        with self._context.clock.stage("match"):
            decisions = self._decided(self._checked.numbers, self._checked.columns, look=False)
        with self._context.clock.stage("write"):
            writer.prepare(self._target, decisions, self._author)
        return decisions

    def write(self, meanwhile: Callable[[], None], early: Decisions | None = None) -> Decisions:
        """Decide, and write; `early` was decided early. `meanwhile` is called while the database writes.

        Raises `ChunkRefused` when the database takes none of several rows that were to be written.
        """
        self._meanwhile, self._early = meanwhile, early
        decisions = self._land(0, len(self._checked.numbers))
        if self._refused > 1 and not decisions.creates and not decisions.changes:
            raise ChunkRefused(f"all of {self._refused} rows were refused")
        return decisions

    def _land(self, start: int, end: int) -> Decisions:
        """Write these good rows. What the database refuses is halved until the refused row is alone."""
        try:
            return self._write(start, end)
        except (IntegrityError, DataError) as error:
            if _is_null_refused(error):
                raise ChunkRefused(described(error)) from error
            first, last = self._checked.numbers[start], self._checked.numbers[end - 1]
            log.info("Rows are written in halves", first_row=first, last_row=last, error=error)
        self._context.existing.clear()  # one of them may have been deleted
        middle = (start + end) // 2
        if middle == start:
            return self._land_alone(start)
        total = Decisions()
        for part in ((start, middle), (middle, end)):
            self._context.keep()
            total.absorb(self._land(*part))
        return total

    def _land_alone(self, at: int) -> Decisions:
        """A refused row once more: now what somebody else has just created is seen."""
        try:
            return self._write(at, at + 1)
        except (IntegrityError, DataError) as error:
            fila = self._checked.numbers[at]
            log.warning("The database refused a row", row=fila, error=error)
        decisions = Decisions()
        decisions.reject([Problem(fila, "", "refused_by_database", {})], duplicate=False)
        self._refused += 1
        return decisions

    def _write(self, start: int, end: int) -> Decisions:
        """While all rows are new the database is not asked for them: its constraints refuse what is not."""
        is_whole = end - start == len(self._checked.numbers)
        decisions = None
        if is_whole and self._context.all_are_new:
            with suppress(IntegrityError, DataError):
                decisions = self._decide_and_write(start, end, look=False)
        if decisions is None:
            decisions = self._decide_and_write(start, end, look=True)
        all_are_new = is_whole and self._target.is_kept_unique and len(decisions.creates) == end - start
        self._context.all_are_new = all_are_new and not self._context.plan  # a plan asks no constraint
        return decisions

    @overload
    def _decide_and_write(self, start: int, end: int, *, look: Literal[True]) -> Decisions: ...

    @overload
    def _decide_and_write(self, start: int, end: int, *, look: Literal[False]) -> Decisions | None: ...

    def _decide_and_write(self, start: int, end: int, *, look: bool) -> Decisions | None:
        """`None`, and nothing written, when a row is rejected without a look: what is there might say why."""
        columns = [column[start:end] for column in self._checked.columns]
        with self._context.clock.stage("match"):
            decisions, missing = self._decide(self._checked.numbers[start:end], columns, look=look)
        if decisions.rejected and not look:
            return None
        if not self._context.plan:
            with transaction.atomic():
                if missing and self._created_place:
                    create_missing(self._created_place, missing)
                writer.write(self._target, decisions, self._author, self._meanwhile)
        self.created += sorted(map(str, missing))
        return decisions

    def _decide(self, numbers: Sequence[int], columns: Columns, *, look: bool) -> tuple[Decisions, set[Value]]:
        """What is to be written, and the names of what is to be created for it, with their warnings.

        Rows that would land, but whose name would be one too many for the file, are rejected, and the others decided
        again.
        """
        place = self._created_place
        rejected: list[tuple[int, str]] = []
        missing: set[Value] = set()
        while True:
            decisions = self._decided(numbers, columns, look=look)
            if place is None or place.reference is None or place.reference.create is None:
                return decisions, missing
            missing = missing_names(place, decisions.named.keys() - self._context.existing)
            room = most_created(place.reference) - self._upload.categorias_creadas - len(self.created)
            if not (excess := beyond(decisions.named, missing, room)):
                break
            otherwise = {problem.fila for problem in decisions.problems if not problem.warning}
            names = columns[place.column]
            kept = [name not in excess or fila in otherwise for fila, name in zip(numbers, names, strict=True)]
            rejected += [(numbers[at], str(names[at])) for at, is_kept in enumerate(kept) if not is_kept]
            numbers = list(compress(numbers, kept))
            columns = [list(compress(column, kept)) for column in columns]
        column = self._target.sheet.columns[place.column].name
        created = sorted(map(str, missing))
        suggestions = Suggestions(place.reference, self._author.owner, created)
        for fila, name in rejected:
            decisions.reject([suggestions.not_created(fila, column, name)], duplicate=False)
        decisions.problems += [created_warning(place.reference.create, column, decisions.named[n], n) for n in created]
        return decisions, missing

    def _decided(self, numbers: Sequence[int], columns: Columns, *, look: bool) -> Decisions:
        early, self._early = self._early, None
        decisions = early if early and not look else self._decided_now(numbers, columns, look=look)
        if (agreed := self._context.agreed) is None:
            return decisions
        late: set[int] = set()
        while differing := agreed.differing(numbers, decisions) - late:
            late |= differing
            kept = [fila not in late for fila in numbers]
            left = [list(compress(column, kept)) for column in columns]
            decisions = self._decided_now(list(compress(numbers, kept)), left, look=look)
        for fila in sorted(late):
            decisions.reject([Problem(fila, "", "changed_since_plan", {})], duplicate=True)
        return decisions

    def _decided_now(self, numbers: Sequence[int], columns: Columns, *, look: bool) -> Decisions:
        return create_or_update.decide(
            self._target,
            numbers,
            columns,
            self._author.owner,
            replace=self._upload.reemplazar_duplicados,
            may_name_twice=self._target.may_name_twice(self._upload.header_positions),
            order=self._context.order,
            look=look,
            plan=self._context.plan.changes if self._context.plan else None,
        )


def _is_null_refused(error: IntegrityError | DataError) -> bool:
    """No value that is written here is ever null: the table has a required column that this release does not know."""
    return getattr(error.__cause__, "sqlstate", None) == NOT_NULL_VIOLATION or "NOT NULL constraint" in str(error)
