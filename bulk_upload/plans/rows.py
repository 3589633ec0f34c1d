"""The rows of a plan, a page or all of them, without reading more of it than is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from bulk_upload.importing.planning.content import OUTCOME_FIELDS, Planned, PlannedRow, read
from bulk_upload.models import BulkUpload


def count(plan: BulkUpload, outcome: Planned | None = None) -> int:
    """How many rows there are, or how many with that outcome."""
    names = [OUTCOME_FIELDS[outcome]] if outcome else OUTCOME_FIELDS.values()
    return sum(getattr(plan, name) for name in names)


def page(plan: BulkUpload, start: int, size: int, outcome: Planned | None = None) -> list[PlannedRow]:
    """`size` rows from number `start` on, counted from 0, in the order of the file."""
    names = [OUTCOME_FIELDS[outcome]] if outcome else list(OUTCOME_FIELDS.values())
    wanted: list[int] = []
    skipped, seen = 0, 0
    for first_row, *counts in plan.planned_rows.values_list("first_row", *names).iterator(2000):
        here = sum(counts)
        if seen + here > start and seen < start + size and here:
            wanted.append(first_row)
        elif seen + here <= start:
            skipped = seen + here
        seen += here
    chunks = plan.planned_rows.filter(first_row__in=wanted)
    rows = (row for chunk in chunks for row in read(chunk) if outcome in (None, row.outcome))
    return list(islice(rows, start - skipped, start - skipped + size))


def every(plan: BulkUpload, outcome: Planned | None = None) -> Iterator[PlannedRow]:
    """All rows, in the order of the file."""
    for chunk in plan.planned_rows.iterator(5):
        yield from (row for row in read(chunk) if outcome in (None, row.outcome))
