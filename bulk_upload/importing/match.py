"""Row by row against the catalogue: create, update, leave alone, or reject.

`Catalogue` is what one chunk sees: the products that its rows name, plus what the chunk's own earlier rows
have done to them. So the outcome does not depend on where chunks begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import OperationalError, connection
from django.db.models import QuerySet

from bulk_upload.checking.results import CheckedValues, Problem
from bulk_upload.columns import COLUMNS, INDEX, NAMES
from bulk_upload.problems import Params, shown
from bulk_upload.values import Value
from catalog.models import Product

# The product's own fields, in the order of the sheet; `categoria` is its key, the name itself.
FIELDS: Final[tuple[str, ...]] = tuple("categoria_id" if name == "categoria" else name for name in NAMES)
# The array comes from a subquery on purpose: thousands of constants make the planner scan the whole table.
NAMED_ON_POSTGRESQL: Final = f"""
    SELECT proveedor_id, version, {", ".join(FIELDS)} FROM catalog_product
    WHERE {{column}} = ANY((SELECT string_to_array(%s, chr(31)))::text[])
"""  # noqa: S608  # names of columns only
# Looks at what is to be changed: another one is needed only when somebody else has changed it in between.
ROUNDS: Final = 10
DEFAULTS: Final[dict[str, Value]] = {column.name: column.default for column in COLUMNS if not column.required}
# What a new product gets for a blank cell, by place; required ones are never blank here.
BLANKS: Final[Values] = tuple(column.default for column in COLUMNS)
ID: Final = INDEX["id"]
CODIGO: Final = INDEX["codigo"]
CATEGORY: Final = INDEX["categoria"]
MINIMUM: Final = INDEX["stock_minimo"]
CRITICAL: Final = INDEX["stock_critico"]

# One for each of `COLUMNS`.
Values = tuple[Value, ...]


@dataclass(slots=True)
class Known:
    """A product that exists, as it is or as an earlier row of this chunk has changed it."""

    proveedor_id: str
    version: int
    values: Values


@dataclass(slots=True)
class Decisions:
    """What is to be written for a chunk, and what is to be said about it.

    `creates` and `updates` map a product's id to its new values; an update has the version that it will
    have. `changed` counts updates row by row (two rows may change one product). `categories` maps the
    categories of all that is written to the first row that names them.
    """

    creates: dict[str, Values] = field(default_factory=dict)
    updates: dict[str, Known] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    categories: dict[str, int] = field(default_factory=dict)
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)

    def reject(self, problems: Iterable[Problem], *, duplicate: bool) -> None:
        self.problems += problems
        self.rejected += 1
        self.duplicates += duplicate

    def absorb(self, other: Decisions) -> None:
        """Add the decisions of later rows, already written, to the account of these."""
        self.creates |= other.creates
        self.updates |= other.updates
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.duplicates += other.duplicates
        self.rejected += other.rejected
        self.problems += other.problems


def decide(numbers: Sequence[int], rows: Sequence[CheckedValues], supplier: str, *, replace: bool) -> Decisions:
    """The fate of a supplier's good rows, in order. Needs a transaction, and leaves the rows of `updates` locked.

    Products are read without a lock, since most rows change nothing. What is to be changed is locked
    afterwards, and if it is not what was read, everything is decided again. Raises `OperationalError` when
    that does not come to an end; a deadlock between two such rounds is the database's to find.
    """
    for _ in range(ROUNDS):
        known = find(rows)
        catalogue = Catalogue(known, supplier, replace=replace)
        catalogue.decide(numbers, rows)
        decisions = catalogue.decisions
        if locked(decisions.updates) == {key: known[key] for key in decisions.updates}:
            return decisions
    raise OperationalError("the products change faster than they can be looked at")


def find(rows: Sequence[CheckedValues]) -> dict[str, Known]:
    """The products that `rows` name by `id` or `codigo`, by id."""
    found = _named("id", [str(row[ID]) for row in rows])
    # Most often a product that is there has the row's code too, which then names no other one.
    codes = [str(row[CODIGO]) for row in rows if not _has_code(found.get(str(row[ID])), row[CODIGO])]
    if codes:
        found |= _named("codigo", codes)
    return found


def locked(keys: Iterable[str]) -> dict[str, Known]:
    """The products with these ids, locked for the rest of the transaction.

    One query in the order of the keys: whoever locks in one order cannot deadlock.
    """
    keys = list(keys)
    return _known(_read().filter(id__in=keys).order_by("id").select_for_update()) if keys else {}


def _has_code(known: Known | None, code: Value | None) -> bool:
    return known is not None and known.values[CODIGO] == code


def _named(column: str, texts: list[str]) -> dict[str, Known]:
    if connection.vendor != "postgresql":
        return _known(_read().filter(**{f"{column}__in": texts}))
    # Thousands of parameters cost more than the query itself; a separator that no value may hold does not.
    with connection.cursor() as cursor:
        cursor.execute(NAMED_ON_POSTGRESQL.format(column=column), ["\x1f".join(texts)])
        return _known(cursor.fetchall())


def _read() -> QuerySet[Product, tuple[Any, ...]]:
    return Product.objects.values_list("proveedor_id", "version", *FIELDS)


def _known(found: Iterable[tuple[Any, ...]]) -> dict[str, Known]:
    return {row[2]: Known(row[0], row[1], row[2:]) for row in found}


class Catalogue:
    """Decides for one supplier's rows, in order."""

    def __init__(self, known: Mapping[str, Known], supplier: str, *, replace: bool) -> None:
        self._by_id = dict(known)
        self._id_of = {str(product.values[CODIGO]): key for key, product in known.items()}
        self._supplier = supplier
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
        key = str(match.values[ID])
        if values[ID] != key:
            codigo = shown(values[CODIGO])
            params = {"columna": "id", "valor": codigo, "id": shown(key)}
            self.decisions.problems.append(Problem(fila, "id", "id_kept", params, shown(values[ID]), warning=True))
        # A blank optional cell keeps what the product has.
        complete = (key, *_filled(values, match.values)[1:])
        self.decisions.duplicates += 1
        if complete == match.values:
            self.decisions.unchanged += 1
            self._warn(fila, complete)
        else:
            changed = Known(self._supplier, match.version + 1, complete)
            self._id_of.pop(str(match.values[CODIGO]), None)
            self._remember(key, changed)
            self.decisions.updates[key] = changed
            self.decisions.changed.append(key)
            self._land(fila, complete)

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


def fields(values: Values) -> dict[str, Value]:
    """The values by the names of the product's own fields."""
    return dict(zip(FIELDS, values, strict=True))


def _problem(fila: int, columna: str, codigo: str, valor: str, **params: str | int) -> Problem:
    seen = shown(valor)
    return Problem(fila, columna, codigo, {"columna": columna, "valor": seen, **params}, seen)
