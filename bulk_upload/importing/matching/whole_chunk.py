"""The quick way of matching: all rows of a chunk at once, where no row has to do with another one.

That is so while each row either is new in every respect, or has both the key and the unique values of one row of the
model. What becomes of the rows is what `RowByRow` says of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from bulk_upload.importing.mapping.references import with_default
from bulk_upload.importing.mapping.target import Key, Values
from bulk_upload.importing.matching.base import Matching, filled
from bulk_upload.importing.matching.decision_types import Change, Decisions, Known
from bulk_upload.sheet.values import Value

# Places of rows in the chunk, in order.
Places = Sequence[int]


class WholeChunk(Matching):
    """Decides for the rows of one owner, if they `are_independent`."""

    def are_independent(self) -> bool:
        target, columns, by_key = self._target, self._resolved.columns, self._by_key
        keys = target.keys(columns)
        # Repeated keys, as the rows name them, were refused while the file was read.
        if self._may_name_twice and len(set(keys)) < len(keys):
            return False
        if not by_key:
            return True
        if not self._replace or (target.owner and {known.owner for known in by_key.values()} != {self._owner}):
            return False
        if self._may_name_twice and any(known.change_number == self._order.number for known in by_key.values()):
            return False
        matched = [key if key in by_key else None for key in keys]
        holders = [{known.values[place]: key for key, known in by_key.items()} for place in target.unique]
        return all(
            list(map(held.get, columns[place])) == matched for place, held in zip(target.unique, holders, strict=True)
        )

    def decide(self) -> Decisions:
        """Add what becomes of each row to `decisions`."""
        keys = self._target.keys(self._resolved.columns)
        found = list(map(self._by_key.get, keys))
        rows = self._complete(found)
        pairs = enumerate(zip(rows, found, strict=True))
        equal = [at for at, (row, known) in pairs if known and known.values == row] if self._by_key else []
        self._leave(equal, keys, found)
        others = self._newer(self._others(len(rows), equal), rows, found)
        accepted = self._accepted(others, rows, found)
        for places in (equal, accepted):
            self._warn(places, rows)
        self._write(accepted, keys, rows, found)
        return self.decisions

    def _complete(self, found: Sequence[Known | None]) -> list[Values]:
        """The rows with what is there, or what a new row gets, in the place of blanks."""
        blanks = self._target.blanks
        if not self._by_key:
            columns = list(self._resolved.columns)
            for place in self._target.optional:
                columns[place] = with_default(columns[place], blanks[place])
            return list(zip(*columns, strict=True))
        rows = self._resolved.rows()
        if not any(None in self._resolved.columns[place] for place in self._target.optional):
            return rows
        return [filled(row, known.values if known else blanks) for row, known in zip(rows, found, strict=True)]

    @staticmethod
    def _others(count: int, places: Places) -> Places:
        known = set(places)
        return [at for at in range(count) if at not in known] if places else range(count)

    def _newer(self, places: Places, rows: Sequence[Values], found: Sequence[Known | None]) -> Places:
        """Without the rows that would change what was changed after them: these are rejected."""
        number, key_place = self._order.number, self._target.key[0]
        late = [at for at in places if (known := found[at]) and known.change_number > number]
        for at in late:
            fila = self._resolved.numbers[at]
            self.decisions.reject([self._problem(fila, key_place, "superseded", rows[at])], duplicate=True)
        return sorted(set(places).difference(late)) if late else places

    def _accepted(self, places: Places, rows: Sequence[Values], found: Sequence[Known | None]) -> Places:
        """Without the rows that break a rule: these are rejected."""
        refused: set[int] = set()
        for rule, wanted in self._target.full_rules:
            left = [at for at in places if at not in refused] if refused else places
            columns = [self._values(left, rows, place, attribute) for place, attribute in wanted]
            for number, finding in rule.find_all(columns).items():
                at = left[number]
                refused.add(at)
                self._reject(self._resolved.numbers[at], finding, duplicate=found[at] is not None)
        return [at for at in places if at not in refused] if refused else places

    def _values(self, places: Places, rows: Sequence[Values], place: int, attribute: str) -> list[Value | None]:
        values = [rows[at][place] for at in places]
        if not attribute:
            return values
        known = self._resolved.attributes[place, attribute]
        return [known[key] for key in values]  # type: ignore[index]  # a reference that was found

    def _warn(self, places: Places, rows: Sequence[Values]) -> None:
        for rule, wanted in self._target.rules:
            found = rule.find_all([[rows[at][place] for at in places] for place in wanted])
            for number, finding in found.items():
                self._note(self._resolved.numbers[places[number]], rule, finding)

    def _leave(self, places: Places, keys: Sequence[Key], found: Sequence[Known | None]) -> None:
        self.decisions.unchanged += len(places)
        self.decisions.duplicates += len(places)
        if self._may_name_twice or self._order.waiting:
            known = ((keys[at], found[at]) for at in places)
            self.decisions.confirmed = {key: one for key, one in known if one and self._must_confirm(one)}

    def _write(
        self, places: Places, keys: Sequence[Key], rows: Sequence[Values], found: Sequence[Known | None]
    ) -> None:
        decisions, numbers = self.decisions, self._resolved.numbers
        new = [at for at in places if found[at] is None] if self._by_key else places
        decisions.creates = {keys[at]: rows[at] for at in new}
        decisions.created_rows = [numbers[at] for at in new]
        for at in places if self._by_key else ():
            if known := found[at]:
                decisions.updates[keys[at]] = self._changed(known, rows[at])
                decisions.changes.append(Change(numbers[at], known.values, rows[at]))
        decisions.duplicates += len(decisions.changes)
        if (place := self._target.created_place) is not None:
            first = {rows[at][place]: numbers[at] for at in reversed(places)}
            decisions.named = dict(sorted(first.items(), key=itemgetter(1)))  # type: ignore[arg-type]  # required
