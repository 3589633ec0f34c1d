"""Row by row against the catalogue: create, update, leave alone, or reject.

`Catalogue` is what one chunk sees: the products that its rows name, plus what the chunk's own earlier rows
have done to them. So the outcome does not depend on where chunks begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import OperationalError

from bulk_upload.checking.results import CheckedValues, Problem
from bulk_upload.importing.decisions import LATEST, Change, ChangeOrder, Decisions, Known, Values
from bulk_upload.importing.lookup import CODIGO, ID, find, locked
from bulk_upload.sheet.columns import COLUMNS, INDEX
from bulk_upload.sheet.problems import shown
from bulk_upload.sheet.texts import Params
from bulk_upload.sheet.values import Value

# Looks at what is to be changed: another one is needed only when somebody else has changed it in between.
ROUNDS: Final = 10
DEFAULTS: Final[dict[str, Value]] = {column.name: column.default for column in COLUMNS if not column.required}
# What a new product gets for a blank cell, by place; required ones are never blank here.
BLANKS: Final[Values] = tuple(column.default for column in COLUMNS)
CATEGORY: Final = INDEX["categoria"]
MINIMUM: Final = INDEX["stock_minimo"]
CRITICAL: Final = INDEX["stock_critico"]


def decide(
    numbers: Sequence[int],
    rows: Sequence[CheckedValues],
    supplier: str,
    *,
    replace: bool,
    order: ChangeOrder = LATEST,
) -> Decisions:
    """The fate of a supplier's good rows, in order. Needs a transaction.

    The rows of `updates` and `confirmed` are left locked.

    Products are read without a lock, since most rows change nothing. What is to be changed is locked
    afterwards, and if it is not what was read, everything is decided again. Raises `OperationalError` when
    that does not come to an end; a deadlock between two such rounds is the database's to find.
    """
    for _ in range(ROUNDS):
        known = find(rows)
        catalogue = Catalogue(known, supplier, order, replace=replace)
        catalogue.decide(numbers, rows)
        decisions = catalogue.decisions
        touched = decisions.updates.keys() | decisions.confirmed
        if locked(touched) == {key: known[key] for key in touched}:
            return decisions
    raise OperationalError("the products change faster than they can be looked at")


class Catalogue:
    """Decides for one supplier's rows, in order."""

    def __init__(self, known: Mapping[str, Known], supplier: str, order: ChangeOrder, *, replace: bool) -> None:
        self._by_id = dict(known)
        self._id_of = {str(product.values[CODIGO]): key for key, product in known.items()}
        self._supplier = supplier
        self._order = order
        self._replace = replace
        self.decisions = Decisions()

    def decide(self, numbers: Sequence[int], rows: Sequence[CheckedValues]) -> None:
        """Add the fate of each good row to `decisions`. No two rows name the same `id`, or the same `codigo`."""
        by_id, id_of = self._by_id, self._id_of
        for fila, values in zip(numbers, rows, strict=True):
            key, code = values[ID], values[CODIGO]
            if key in by_id or code in id_of:
                self._decide_known(fila, str(key), str(code), values)
            else:
                self._create(fila, str(key), values)

    def _decide_known(self, fila: int, key: str, code: str, values: CheckedValues) -> None:
        by_id = self._by_id.get(key)
        id_of_code = self._id_of.get(code)
        by_code = None if id_of_code is None else self._by_id[id_of_code]
        problem = self._conflict(fila, key, code, by_id, by_code)
        if problem:
            self.decisions.reject([problem], duplicate=True)
        elif match := by_id or by_code:
            self._update(fila, match, values)

    def _conflict(self, fila: int, key: str, code: str, by_id: Known | None, by_code: Known | None) -> Problem | None:
        """Why the row may not touch what exists, or `None`. Another supplier's product is never named."""
        for match, columna, valor in ((by_id, "id", key), (by_code, "codigo", code)):
            if match and match.proveedor_id != self._supplier:
                return _problem(fila, columna, "other_supplier", valor)
        if by_id and by_code and by_id is not by_code:
            return _problem(fila, "codigo", "code_conflict", code, otro=shown(by_code.values[ID]), id=shown(key))
        if (by_id or by_code) and not self._replace:
            columna, valor = ("id", key) if by_id else ("codigo", code)
            return _problem(fila, columna, "duplicate_product", valor)
        return None

    def _create(self, fila: int, key: str, values: CheckedValues) -> None:
        complete = _filled(values, BLANKS)
        self.decisions.creates[key] = complete
        self._land(fila, complete)

    def _update(self, fila: int, match: Known, values: CheckedValues) -> None:
        # A blank optional cell keeps what the product has.
        complete = (match.values[ID], *_filled(values, match.values)[1:])
        is_equal = complete == match.values
        if not is_equal and match.change_number > self._order.number:
            columna = "id" if values[ID] == match.values[ID] else "codigo"
            problem = _problem(fila, columna, "superseded", str(values[INDEX[columna]]))
            self.decisions.reject([problem], duplicate=True)
            return
        self.decisions.duplicates += 1
        if values[ID] != match.values[ID]:
            self._warn_of_kept_id(fila, match, values)
        if is_equal:
            self.decisions.unchanged += 1
            if match.change_number < self._order.waiting:
                self.decisions.confirmed.add(str(match.values[ID]))
            self._warn(fila, complete)
        else:
            self._change(fila, match, complete)

    def _change(self, fila: int, match: Known, complete: Values) -> None:
        key = str(match.values[ID])
        changed = Known(self._supplier, match.version + 1, self._order.number, complete)
        self._id_of.pop(str(match.values[CODIGO]), None)
        self._remember(key, changed)
        self.decisions.updates[key] = changed
        self.decisions.changes.append(Change(fila, match.values, complete))
        self._land(fila, complete)

    def _warn_of_kept_id(self, fila: int, match: Known, values: CheckedValues) -> None:
        params: Params = {"columna": "id", "valor": shown(values[CODIGO]), "id": shown(match.values[ID])}
        self.decisions.problems.append(Problem(fila, "id", "id_kept", params, shown(values[ID]), warning=True))

    def _land(self, fila: int, values: Values) -> None:
        self.decisions.categories.setdefault(values[CATEGORY], fila)  # type: ignore[arg-type]  # a text
        self._warn(fila, values)

    def _remember(self, key: str, product: Known) -> None:
        self._by_id[key] = product
        self._id_of[str(product.values[CODIGO])] = key

    def _warn(self, fila: int, values: Values) -> None:
        """A critical stock above the minimum, given the values that the product will have."""
        critico, minimo = values[CRITICAL], values[MINIMUM]
        if critico > minimo:  # type: ignore[operator]  # both are integers
            params: Params = {"critico": critico, "minimo": minimo}  # type: ignore[dict-item]
            problem = Problem(fila, "stock_critico", "critical_above_minimum", params, str(critico), warning=True)
            self.decisions.problems.append(problem)


def _filled(values: CheckedValues, blanks: Values) -> Values:
    """The values, with those of `blanks` where there is none."""
    if None not in values:
        return values  # type: ignore[return-value]  # none is None
    return tuple(blank if value is None else value for value, blank in zip(values, blanks, strict=True))


def _problem(fila: int, columna: str, codigo: str, valor: str, **params: str | int) -> Problem:
    seen = shown(valor)
    return Problem(fila, columna, codigo, {"columna": columna, "valor": seen, **params}, seen)
