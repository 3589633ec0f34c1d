"""Row by row against the model's table: create, update, leave alone, or reject.

`Matching` is what one chunk sees: what its rows name, plus what the chunk's own earlier rows have done to it. So the
outcome does not depend on where chunks begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import OperationalError

from bulk_upload.checking.results import CheckedValues, Problem
from bulk_upload.importing.decisions import LATEST, Change, ChangeOrder, Decisions, Known
from bulk_upload.importing.lookup import find, locked
from bulk_upload.importing.references import Owner, Resolved, resolve
from bulk_upload.importing.target import Key, Target, Values
from bulk_upload.sheet.checks import Finding, Rule
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.texts import Params

# Looks at what is to be changed: another one is needed only when somebody else has changed it in between.
ROUNDS: Final = 10


def decide(
    target: Target,
    numbers: Sequence[int],
    rows: Sequence[CheckedValues],
    owner: Owner,
    *,
    replace: bool,
    order: ChangeOrder = LATEST,
) -> Decisions:
    """What becomes of an owner's good rows, in order. Needs a transaction.

    The rows of `updates` and `confirmed` are left locked.

    The model's rows are read without a lock, since most rows of a sheet change nothing. What is to be changed is locked
    afterwards, and if it is not what was read, everything is decided again. Raises `OperationalError` when that does
    not come to an end; a deadlock between two such rounds is the database's to find.
    """
    resolved = resolve(target, numbers, rows, owner)
    for _ in range(ROUNDS):
        known = find(target, resolved.values)
        matching = Matching(target, known, owner, resolved, order, replace=replace)
        decisions = matching.decide()
        touched = {key: known[key] for key in known.keys() & (decisions.updates.keys() | decisions.confirmed.keys())}
        if locked(target, touched) == touched:
            return decisions
    raise OperationalError("the rows change faster than they can be looked at")


class Matching:
    """Decides for the rows of one owner, in order."""

    def __init__(
        self,
        target: Target,
        known: Mapping[Key, Known],
        owner: Owner,
        resolved: Resolved,
        order: ChangeOrder,
        *,
        replace: bool,
    ) -> None:
        self._target = target
        self._key_of = target.key_of
        self._by_key = dict(known)
        # For each unique place: the key of the row that has a value there.
        self._keys = [(place, {row.values[place]: key for key, row in known.items()}) for place in target.unique]
        self._owner = owner
        self._resolved = resolved
        self._order = order
        self._replace = replace
        self._created_place = target.created_place
        self.decisions = Decisions()
        for problem in resolved.problems:
            self.decisions.reject([problem], duplicate=False)

    def decide(self) -> Decisions:
        """Add what becomes of each good row to `decisions`."""
        by_key, key_of = self._by_key, self._key_of
        may_stay = self._replace and not self._target.is_named_variously
        owner = self._owner if self._target.owner else None
        for fila, values in zip(self._resolved.numbers, self._resolved.values, strict=True):
            key = key_of(values)
            match = by_key.get(key)
            if match and may_stay and match.owner == owner and _filled(values, match.values) == match.values:
                # Most rows of a list that is sent again: what is equal conflicts with nothing.
                self.decisions.duplicates += 1
                self._leave(fila, match, match.values)
            # While nothing is known, as when a catalogue is new, there is nothing to look for.
            elif match or (by_key and self._holders(values)):
                self._decide_known(fila, key, values)
            else:
                self._create(fila, key, values)
        return self.decisions

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
        if self._target.is_named_variously and match and match.change_number == self._order.number:
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
        complete = _filled(values, self._target.blanks)
        if self._lands(fila, complete):
            self.decisions.creates[key] = complete
            if self._target.is_named_variously:
                self._by_key[key] = Known(None, self._owner, 1, self._order.number, complete)

    def _update(self, fila: int, match: Known, values: Values, *, by_key: bool) -> None:
        # A blank optional cell keeps what is there, and a row that was found by a unique column keeps its key.
        complete = _filled(values, match.values)
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
            self._leave(fila, match, complete)
        else:
            self._change(fila, match, complete)

    def _leave(self, fila: int, match: Known, complete: Values) -> None:
        self.decisions.unchanged += 1
        if match.change_number < self._order.waiting or self._target.is_named_variously:
            key = self._key_of(match.values)
            self.decisions.confirmed[key] = match
            if self._target.is_named_variously:
                number = max(match.change_number, self._order.number)
                self._by_key[key] = Known(match.pk, match.owner, match.version, number, match.values)
        for rule, values_of in self._target.rules:
            if found := rule.find(values_of(complete)):
                self._note(fila, rule, found)

    def _change(self, fila: int, match: Known, complete: Values) -> None:
        key = self._key_of(match.values)
        changed = Known(match.pk, match.owner, match.version + 1, self._order.number, complete)
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
        """Whether the rules across columns let this row of the model be; also notes their warnings."""
        for rule, values_of in self._target.rules:
            if found := rule.find(values_of(complete)):
                self._note(fila, rule, found)
        for rule, full_values_of in self._target.full_rules:
            if found := rule.find(full_values_of(complete, self._resolved.attributes)):
                problem = Problem(fila, found.columna, found.codigo, found.params, found.valor)
                self.decisions.reject([problem], duplicate=duplicate)
                return False
        if self._created_place is not None:
            self.decisions.named.setdefault(complete[self._created_place], fila)  # type: ignore[arg-type]  # required
        return True

    def _note(self, fila: int, rule: Rule, found: Finding) -> None:
        problem = Problem(fila, found.columna, found.codigo, found.params, found.valor, warning=rule.is_warning)
        self.decisions.problems.append(problem)

    def _column(self, place: int) -> str:
        return self._target.sheet.columns[self._target.places[place].column].name

    def _problem(self, fila: int, place: int, code: str, values: Values, **more: str | int) -> Problem:
        column, value = self._resolved.named_by.get((fila, place)) or (self._column(place), values[place])
        seen = shown(value)
        return Problem(fila, column, code, {"columna": column, "valor": seen, **more}, seen)


def _filled(values: Values, blanks: Values) -> Values:
    """The values, with those of `blanks` where there is none."""
    if None not in values:
        return values
    return tuple(blank if value is None else value for value, blank in zip(values, blanks, strict=True))
