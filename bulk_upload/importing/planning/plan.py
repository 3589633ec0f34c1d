"""A plan: the import of a file that writes nothing of it, and keeps what it would do."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.importing.mapping.target import Target, Values
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.matching.planned_changes import PlannedChanges
from bulk_upload.importing.planning.content import planned_rows
from bulk_upload.models import BulkUpload


@dataclass(slots=True)
class WatchedNumber:
    """What would become of the number that the sheet's declaration watches, such as the price.

    `largest` is the change of one row, up or down, in percent of the old value; `zeros` are rows that would leave it at
    zero. `largest_row` and `first_zero` are rows of the file.
    """

    largest: Decimal = Decimal(0)
    largest_row: int = 0
    zeros: int = 0
    first_zero: int = 0


class Plan:
    """One attempt at a plan, from the first row of the file to the last."""

    def __init__(self, upload: BulkUpload, target: Target) -> None:
        """`target` is that of the file, whose columns `upload` has recorded."""
        self._upload = upload
        self._target = target
        may_name_twice = target.may_name_twice(upload.header_positions)
        self.changes = PlannedChanges(target, upload.proveedor_id, upload.number, may_name_twice=may_name_twice)
        self.watched = WatchedNumber()

    def keep(self, checked: CheckedChunk, decisions: Decisions) -> None:
        """Keep what would become of a chunk's rows; part of the chunk's transaction."""
        if record := planned_rows(self._upload, self._target, checked, decisions):
            record.save(force_insert=True)

    def add(self, decisions: Decisions) -> None:
        """A chunk is committed: later ones see what it would do."""
        self.changes.add(decisions)
        if name := self._target.declared.large_change:
            place = self._target.fields.index(name)
            for change in decisions.changes:
                self._watch(change.fila, change.before, change.after, place)
            for fila, values in zip(decisions.created_rows, decisions.creates.values(), strict=True):
                self._count_zero(fila, values, place)

    def _watch(self, fila: int, before: Values, after: Values, place: int) -> None:
        old, new = cast(Decimal, before[place]), cast(Decimal, after[place])
        if old == new:
            return
        percent = 100 * abs(new - old) / old if old else Decimal("Infinity")
        if percent > self.watched.largest:
            self.watched.largest, self.watched.largest_row = percent, fila
        self._count_zero(fila, after, place)

    def _count_zero(self, fila: int, values: Values, place: int) -> None:
        if not values[place]:
            self.watched.first_zero = self.watched.first_zero or fila
            self.watched.zeros += 1
