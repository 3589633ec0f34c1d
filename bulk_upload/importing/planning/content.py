"""What a plan says of the rows of a chunk, as `PlannedRows.content` has it: written by imports, read by who shows it.

JSON: the names of the model's fields, and for each row of the file, in order, one of

- ``[row, "c", key, [values]]``: it would be created;
- ``[row, "u", key, {field: [old, new]}, version]``: it would be changed, from `version` of it to the next one;
- ``[row, "=", key]``: it would stay as it is;
- ``[row, "!"]``: it would be rejected: why is a `RowError` of the plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from bulk_upload.checking.results import CheckedChunk
from bulk_upload.importing.mapping.stored_values import encode
from bulk_upload.importing.mapping.target import Target
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.imports import KEY_SEPARATOR
from bulk_upload.models import BulkUpload, PlannedRows


class Planned(StrEnum):
    """What would become of a row."""

    CREATED = "c"
    UPDATED = "u"
    UNCHANGED = "="
    REJECTED = "!"


class PlannedRow(NamedTuple):
    """A row of a plan. `changes` maps each field to its old and new value as JSON has them; a new row has no old ones.

    `version` is that of the row of the model before, 0 where it plays no part.
    """

    fila: int
    outcome: Planned
    key: str = ""
    changes: Mapping[str, Sequence[Any]] = {}
    version: int = 0


OUTCOME_FIELDS: Final = {
    Planned.CREATED: "creados",
    Planned.UPDATED: "actualizados",
    Planned.UNCHANGED: "sin_cambios",
    Planned.REJECTED: "rechazados",
}


def planned_rows(upload: BulkUpload, target: Target, checked: CheckedChunk, decisions: Decisions) -> PlannedRows | None:
    """The record of a chunk, `None` for one without rows. `decisions` know the problems that reading found, too."""
    rows = sorted(_rows(target, checked, decisions))
    if not rows:
        return None
    return PlannedRows(
        upload=upload,
        first_row=rows[0][0],
        creados=len(decisions.creates),
        actualizados=len(decisions.changes),
        sin_cambios=decisions.unchanged,
        rechazados=decisions.rejected,
        content=encode({"fields": target.names, "rows": rows}),
    )


def read(chunk: PlannedRows) -> Iterator[PlannedRow]:
    """The rows of a chunk, in the order of the file."""
    content = json.loads(chunk.content)
    for fila, outcome, *rest in content["rows"]:
        match Planned(outcome), rest:
            case Planned.CREATED, [key, values]:
                pairs = zip(content["fields"], values, strict=True)
                yield PlannedRow(fila, Planned.CREATED, key, {name: (None, value) for name, value in pairs})
            case Planned.UPDATED, [key, changes, version]:
                yield PlannedRow(fila, Planned.UPDATED, key, changes, version)
            case kind, [*key]:
                yield PlannedRow(fila, kind, *key)


def _rows(target: Target, checked: CheckedChunk, decisions: Decisions) -> Iterator[list[Any]]:
    for fila, values in zip(decisions.created_rows, decisions.creates.values(), strict=True):
        yield [fila, "c", target.key_text(values), values]
    updates = decisions.updates
    for change in decisions.changes:
        version = updates[target.key_of(change.before)].version - 1
        yield [change.fila, "u", target.key_text(change.before), change.difference(target), version]
    rejected = decisions.rejected_rows()
    yield from ([fila, "!"] for fila in rejected)
    written = rejected.union(decisions.created_rows, (change.fila for change in decisions.changes))
    if len(checked.numbers) + len(checked.problems) > len(written):
        keys = _named(target, checked)
        yield from ([fila, "=", key] for fila, key in zip(checked.numbers, keys, strict=True) if fila not in written)


def _named(target: Target, checked: CheckedChunk) -> list[str]:
    """The keys of the good rows as the file has them."""
    columns = []
    for place in (target.places[number] for number in target.key):
        names = place.reference.by if place.reference else ()
        wanted = [target.sheet.index[name] for name in names] or [place.column]
        columns += [checked.columns[number] for number in wanted]
    return [
        KEY_SEPARATOR.join(str(cell) for cell in cells if cell not in ("", None))
        for cells in zip(*columns, strict=True)
    ]
