"""The careful way of matching: row by row, each seeing what the chunk's own earlier rows have done.

So the outcome does not depend on where chunks begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeGuard

from bulk_upload.checking.results import Problem
from bulk_upload.importing.mapping.target import Key, Values
from bulk_upload.importing.matching.base import Matching, filled
from bulk_upload.importing.matching.decision_types import Change, Decisions, Known
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.values import Value


class RowByRow(Matching):
    """Decides for the rows of one owner, in order."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._key_of = self._target.key_of
        # For each unique place: the key of the row that has a value there.
        known = self._by_key.items()
        self._keys = [(place, {row.values[place]: key for key, row in known}) for place in self._target.unique]
        self._created_place = self._target.created_place

    def decide(self) -> Decisions:
        """Add what becomes of each row to `decisions`."""
        for fila, values in zip(self._resolved.numbers, self._resolved.rows(), strict=True):
            key = self._key_of(values)
            match = self._by_key.get(key)
            if self._is_equal(match, values):
                self.decisions.duplicates += 1
                self._leave(fila, key, match)
            elif match or self._holders(values):
                self._decide_known(fila, key, values)
            else:
                self._create(fila, key, values)
        return self.decisions

    def _is_equal(self, match: Known | None, values: Values) -> TypeGuard[Known]:
        """Whether the row leaves its own row of the model as it is: what is equal conflicts with nothing."""
        if match is None or not self._replace or self._may_name_twice:
            return False
        return not (self._target.owner and match.owner != self._owner) and filled(values, match.values) == match.values

    def _holders(self, values: Values) -> list[tuple[int, Key]]:
        """The unique places whose value a row of the model has, with that row's key."""
        return [(place, keys[values[place]]) for place, keys in self._keys if values[place] in keys]

    def _decide_known(self, fila: int, key: Key, values: Values) -> None:
        match = self._by_key.get(key)
        holders = self._holders(values)
        problem = self._conflict(fila, match, holders, values)
        if problem:
            self.decisions.reject([problem], duplicate=True)
        else:
            self._update(fila, match or self._by_key[holders[0][1]], values, by_key=match is not None)

    def _conflict(
        self, fila: int, match: Known | None, holders: Sequence[tuple[int, Key]], values: Values
    ) -> Problem | None:
        """Why the row may not touch what exists, or `None`. What is another owner's is never named."""
        others = [(place, self._by_key[key]) for place, key in holders]
        key_place = self._target.key[0]
        for place, found in ([(key_place, match)] if match else []) + others:
            if found.owner != self._owner and self._target.owner:
                return self._problem(fila, place, "other_supplier", values)
        # What was changed after this list is left as it is, however often it is named.
        if self._may_name_twice and match and match.change_number == self._order.number:
            return self._problem(fila, key_place, "named_before", values)
        for place, found in others:
            if match and found is not match:
                other, own = found.values[key_place], values[key_place]
                return self._problem(fila, place, "code_conflict", values, otro=shown(other), id=shown(own))
        if not self._replace:
            place = key_place if match else others[0][0]
            return self._problem(fila, place, self._target.declared.exists, values)
        return None

    def _create(self, fila: int, key: Key, values: Values) -> None:
        complete = filled(values, self._target.blanks)
        if self._lands(fila, complete):
            self.decisions.creates[key] = complete
            self.decisions.created_rows.append(fila)
            if self._may_name_twice:
                self._by_key[key] = Known(None, self._owner, 1, self._order.number, complete)

    def _update(self, fila: int, match: Known, values: Values, *, by_key: bool) -> None:
        # A blank optional cell keeps what is there, and a row that was found by a unique column keeps its key.
        complete = filled(values, match.values)
        if not by_key:
            kept = list(complete)
            for place in self._target.key:
                kept[place] = match.values[place]
            complete = tuple(kept)
        is_equal = complete == match.values
        if not is_equal and match.change_number > self._order.number:
            place = self._target.key[0] if by_key else self._target.unique[0]
            self.decisions.reject([self._problem(fila, place, "superseded", values)], duplicate=True)
            return
        if not is_equal and not self._lands(fila, complete, duplicate=True):
            return
        self.decisions.duplicates += 1
        if not by_key:
            self._warn_of_kept_key(fila, match, values)
        if is_equal:
            self._leave(fila, self._key_of(complete), match)
        else:
            self._change(fila, match, complete)

    def _leave(self, fila: int, key: Key, match: Known) -> None:
        self.decisions.unchanged += 1
        if self._must_confirm(match):
            self.decisions.confirmed[key] = match
            number = max(match.change_number, self._order.number)
            self._by_key[key] = Known(match.pk, match.owner, match.version, number, match.values)
        self._warn(fila, match.values)

    def _change(self, fila: int, match: Known, complete: Values) -> None:
        key = self._key_of(match.values)
        changed = self._changed(match, complete)
        for place, keys in self._keys:
            keys.pop(match.values[place], None)
            keys[complete[place]] = key
        self._by_key[key] = changed
        self.decisions.updates[key] = changed
        self.decisions.changes.append(Change(fila, match.values, complete))

    def _warn_of_kept_key(self, fila: int, match: Known, values: Values) -> None:
        key, unique = self._target.key[0], self._target.unique[0]
        column, seen = self._column(key), shown(values[key])
        params: Params = {"columna": column, "valor": shown(values[unique]), "id": shown(match.values[key])}
        self.decisions.problems.append(Problem(fila, column, "id_kept", params, seen, warning=True))

    def _lands(self, fila: int, complete: Values, *, duplicate: bool = False) -> bool:
        """Whether the rules across columns let this row of the model be; if so, also notes their warnings."""
        for rule, wanted in self._target.full_rules:
            if found := rule.find([self._value(complete, place, attribute) for place, attribute in wanted]):
                self._reject(fila, found, duplicate=duplicate)
                return False
        self._warn(fila, complete)
        if self._created_place is not None:
            self.decisions.named.setdefault(complete[self._created_place], fila)  # type: ignore[arg-type]  # required
        return True

    def _value(self, values: Values, place: int, attribute: str) -> Value | None:
        value = values[place]
        return self._resolved.attributes[place, attribute][value] if attribute else value  # type: ignore[index]  # found

    def _warn(self, fila: int, complete: Values) -> None:
        for rule, wanted in self._target.rules:
            if found := rule.find([complete[place] for place in wanted]):
                self._note(fila, rule, found)
