"""What one chunk sees of the model's table, and what becomes of its rows: what both ways of matching share."""

from __future__ import annotations

from collections.abc import Mapping

from bulk_upload.checking.results import Problem
from bulk_upload.importing.mapping.references import Resolved
from bulk_upload.importing.mapping.target import Key, Owner, Target, Values
from bulk_upload.importing.matching.decision_types import ChangeOrder, Decisions, Known
from bulk_upload.sheet.cross_column_rules import Finding, Rule
from bulk_upload.sheet.problems import shown


class Matching:
    """The rows of one owner beside those of the model that they name, which are `known` by their keys.

    With `replace` they replace what exists. In a file with several columns that name the same reference two rows
    `may_name_twice` one row of the model, although their cells differ.
    """

    def __init__(
        self,
        target: Target,
        known: Mapping[Key, Known],
        owner: Owner,
        resolved: Resolved,
        order: ChangeOrder,
        *,
        replace: bool,
        may_name_twice: bool,
    ) -> None:
        self._target = target
        self._by_key = dict(known)
        self._owner = owner
        self._resolved = resolved
        self._order = order
        self._replace = replace
        self._may_name_twice = may_name_twice
        self.decisions = Decisions()
        for problem in resolved.problems:
            self.decisions.reject([problem], duplicate=False)

    def _changed(self, known: Known, values: Values) -> Known:
        """The row of the model after this change."""
        return Known(known.pk, known.owner, known.version + 1, self._order.number, values)

    def _must_confirm(self, known: Known) -> bool:
        """Whether a row with equal values takes the number of this change: see `ChangeOrder`. It also says that the
        file has named it."""
        is_older = bool(self._order.waiting) and known.change_number <= self._order.waiting
        return self._may_name_twice or is_older

    def _note(self, fila: int, rule: Rule, found: Finding) -> None:
        problem = Problem(fila, found.columna, found.codigo, found.params, found.valor, warning=rule.is_warning)
        self.decisions.problems.append(problem)

    def _reject(self, fila: int, found: Finding, *, duplicate: bool) -> None:
        problem = Problem(fila, found.columna, found.codigo, found.params, found.valor)
        self.decisions.reject([problem], duplicate=duplicate)

    def _column(self, place: int) -> str:
        return self._target.sheet.columns[self._target.places[place].column].name

    def _problem(self, fila: int, place: int, code: str, values: Values, **more: str | int) -> Problem:
        column, value = self._resolved.name_of(fila, place) or (self._column(place), values[place])
        seen = shown(value)
        return Problem(fila, column, code, {"columna": column, "valor": seen, **more}, seen)


def filled(values: Values, blanks: Values) -> Values:
    """The values, with those of `blanks` where there is none."""
    if None not in values:
        return values
    return tuple(blank if value is None else value for value, blank in zip(values, blanks, strict=True))
