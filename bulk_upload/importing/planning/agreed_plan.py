"""The plan that an import applies: it does what the plan says of each row, or nothing with that row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bulk_upload.importing.mapping.stored_values import encode
from bulk_upload.importing.mapping.target import Target
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.planning.content import Planned, PlannedRow, read
from bulk_upload.models import BulkUpload, PlannedRows
from bulk_upload.sheet.problems import FileProblem


class AgreedPlan:
    """The rows of a finished plan, a part of the file at a time."""

    def __init__(self, target: Target, plan: BulkUpload | None) -> None:
        """Raises `FileProblem` where what the plan says is no longer kept: its application is tried again too late."""
        if plan is None or not PlannedRows.are_kept(plan):
            raise FileProblem("plan_expired")
        self._target = target
        self._chunks = plan.planned_rows
        self._rows: dict[int, PlannedRow] = {}
        self._range = range(0)

    def differing(self, numbers: Sequence[int], decisions: Decisions) -> set[int]:
        """The rows of the file, of these `numbers`, that would do something else now than the plan says."""
        if not numbers:
            return set()
        self._load(numbers[0], numbers[-1])
        now: dict[int, Any] = dict.fromkeys(decisions.rejected_rows(), Planned.REJECTED)
        now |= dict.fromkeys(decisions.created_rows, Planned.CREATED)
        for change in decisions.changes:
            version = decisions.updates[self._target.key_of(change.before)].version - 1
            key = self._target.key_text(change.before)
            now[change.fila] = json.loads(encode([key, change.difference(self._target), version]))
        return {fila for fila in numbers if now.get(fila, Planned.UNCHANGED) != self._agreed(fila)}

    def _agreed(self, fila: int) -> Any:
        row = self._rows.get(fila)
        if row is not None and row.outcome == Planned.UPDATED:
            return [row.key, row.changes, row.version]
        return row and row.outcome

    def _load(self, first: int, last: int) -> None:
        """Have the rows from `first` to `last` at hand."""
        if first in self._range and last in self._range:
            return
        before = self._chunks.filter(first_row__lte=first).order_by("-first_row").values_list("first_row", flat=True)
        start = before.first() or 0
        chunks = self._chunks.filter(first_row__gte=start, first_row__lte=last).order_by("first_row")
        self._rows = {row.fila: row for chunk in chunks for row in read(chunk)}
        self._range = range(first, last + 1)
