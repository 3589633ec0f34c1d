"""What a plan would have changed so far, where a later row of the file could notice.

Nothing of it is in the database. Most rows have nothing to do with earlier ones, since a file names each row of the
model once. Two cases are left: a row that was found by a unique value or gives such a value away, and sheets in which
two rows may name one row of the model although their cells differ.
"""

from __future__ import annotations

from collections.abc import Mapping

from bulk_upload.importing.mapping.target import Columns, Key, Owner, Target
from bulk_upload.importing.matching.decision_types import Decisions, Known
from bulk_upload.sheet.values import Value


class PlannedChanges:
    """Rows of the model as they would be. `number` is the plan's in the order of changes."""

    def __init__(self, target: Target, owner: Owner, number: int, *, may_name_twice: bool) -> None:
        self._target = target
        self._owner = owner
        self._number = number
        self._remembers_all = may_name_twice and target.is_named_variously
        self._rows: dict[Key, Known] = {}
        # For each unique place: the key of the row that would have a value there.
        self._holders: dict[int, dict[Value | None, Key]] = {place: {} for place in target.unique}

    def seen_in(self, known: Mapping[Key, Known], columns: Columns) -> dict[Key, Known]:
        """What rows with these `columns` find where the database has `known`."""
        if not self._rows:
            return dict(known)
        named = set(self._target.keys(columns)) & self._rows.keys()
        for place, holders in self._holders.items():
            named |= {holders[value] for value in set(columns[place]) & holders.keys()}
        return {**known, **{key: self._rows[key] for key in named | (known.keys() & self._rows.keys())}}

    def add(self, decisions: Decisions) -> None:
        """Remember what these rows would do."""
        if self._remembers_all:
            self._remember(dict(decisions.updates))
            self._remember({key: self._as_named(one) for key, one in decisions.confirmed.items()})
            created = decisions.creates.items()
            self._remember({key: Known(None, self._owner, 1, self._number, values) for key, values in created})
        elif self._target.unique and decisions.changes:
            found_otherwise = {problem.fila for problem in decisions.problems if problem.codigo == "id_kept"}
            keys = {
                self._target.key_of(change.before)
                for change in decisions.changes
                if change.fila in found_otherwise
                or any(change.before[place] != change.after[place] for place in self._target.unique)
            }
            self._remember({key: decisions.updates[key] for key in keys})

    def _as_named(self, known: Known) -> Known:
        return Known(known.pk, known.owner, known.version, max(known.change_number, self._number), known.values)

    def _remember(self, rows: Mapping[Key, Known]) -> None:
        for key, known in rows.items():
            for place, holders in self._holders.items():
                if before := self._rows.get(key):
                    holders.pop(before.values[place], None)
                holders[known.values[place]] = key
            self._rows[key] = known
