"""The rows of a chunk against the model's table: create, update, leave alone, or reject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import OperationalError

from bulk_upload.importing.mapping.references import resolve
from bulk_upload.importing.mapping.target import Columns, Owner, Target
from bulk_upload.importing.matching.decision_types import LATEST, ChangeOrder, Decisions
from bulk_upload.importing.matching.existing_rows import find, locked
from bulk_upload.importing.matching.planned_changes import PlannedChanges
from bulk_upload.importing.matching.row_by_row import RowByRow
from bulk_upload.importing.matching.whole_chunk import WholeChunk

# Looks at what is to be changed: another one is needed only when somebody else has changed it in between.
ROUNDS: Final = 10


def decide(
    target: Target,
    numbers: Sequence[int],
    columns: Columns,
    owner: Owner,
    *,
    replace: bool,
    may_name_twice: bool = True,
    order: ChangeOrder = LATEST,
    look: bool = True,
    plan: PlannedChanges | None = None,
) -> Decisions:
    """What becomes of an owner's good rows, in order. Needs a transaction.

    `columns` are those of the sheet. The rows of `updates` and `confirmed` are left locked. Only a sheet that
    `is_named_variously` `may_name_twice`: see `Matching`. Without a `look` all rows are taken for new ones. With a
    `plan` nothing is to be written: no row is locked, and what it would have changed by then is seen as changed.

    The model's rows are read without a lock, since most rows of a sheet change nothing. What is to be changed is locked
    afterwards, and if it is not what was read, everything is decided again. Raises `OperationalError` when that does
    not come to an end; a deadlock between two such rounds is the database's to find.
    """
    resolved = resolve(target, numbers, columns, owner)
    options = {"replace": replace, "may_name_twice": may_name_twice and target.is_named_variously}
    for _ in range(ROUNDS):
        known = find(target, resolved.columns) if look else {}
        if plan:
            known = plan.seen_in(known, resolved.columns)
        at_once = WholeChunk(target, known, owner, resolved, order, **options)
        matching = at_once if at_once.are_independent() else RowByRow(target, known, owner, resolved, order, **options)
        decisions = matching.decide()
        if plan:
            return decisions
        touched = {key: known[key] for key in known.keys() & (decisions.updates.keys() | decisions.confirmed.keys())}
        now, previous = locked(target, {row.pk for row in touched.values()})
        if now == touched:
            decisions.previous = previous
            return decisions
    raise OperationalError("the rows change faster than they can be looked at")
