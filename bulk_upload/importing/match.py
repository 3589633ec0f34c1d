"""Row by row against the catalogue: create, update, leave alone, or reject.

`Catalogue` is what one chunk sees: the products that its rows name, locked, plus what the chunk's own
earlier rows have done to them. So the outcome does not depend on where chunks begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from bulk_upload.columns import COLUMNS, INDEX, NAMES
from bulk_upload.importing.validate import CODIGO, ID, CheckedRow, Problem, critical_above_minimum
from bulk_upload.problems import shown
from bulk_upload.values import Value
from catalog.models import Product

# The product's own fields, in the order of the sheet; `categoria` is its key, the name itself.
FIELDS: Final[tuple[str, ...]] = tuple("categoria_id" if name == "categoria" else name for name in NAMES)
# The arrays come from subqueries on purpose: thousands of constants make the planner scan the whole table.
NAMED_ON_POSTGRESQL: Final = f"""
    SELECT proveedor_id, version, {", ".join(FIELDS)} FROM catalog_product
    WHERE id = ANY((SELECT string_to_array(%s, chr(31)))::text[])
       OR codigo = ANY((SELECT string_to_array(%s, chr(31)))::text[])
    ORDER BY id FOR UPDATE
"""  # noqa: S608  # names of columns only
DEFAULTS: Final[dict[str, Value]] = {column.name: column.default for column in COLUMNS if not column.required}
# What a new product gets for a blank cell, by place; required ones are never blank here.
BLANKS: Final[Values] = tuple(column.default for column in COLUMNS)
CATEGORY: Final = INDEX["categoria"]

# One for each of `COLUMNS`.
Values = tuple[Value, ...]


@dataclass(slots=True)
class Known:
    """A product that exists (or that an earlier row of this chunk has just made)."""

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


def fetch(rows: Iterable[CheckedRow]) -> dict[str, Known]:
    """The products that `rows` name by `id` or `codigo`, by id, locked in the order of their keys.

    One query: whoever locks in one order cannot deadlock. Needs a transaction.
    """
    rows = list(rows)
    found = named([str(row.id) for row in rows], [str(row.codigo) for row in rows])
    return {values[0]: Known(proveedor, version, tuple(values)) for proveedor, version, *values in found}


def named(ids: list[str], codes: list[str]) -> Iterable[tuple[Any, ...]]:
    """(supplier, version, *values) of the products with one of these ids or codes, locked in key order."""
    if connection.vendor == "postgresql":
        return _named_on_postgresql(ids, codes)
    return (
        Product.objects.filter(Q(id__in=ids) | Q(codigo__in=codes))
        .order_by("id")
        .select_for_update()
        .values_list("proveedor_id", "version", *FIELDS)
    )


def _named_on_postgresql(ids: list[str], codes: list[str]) -> list[tuple[Any, ...]]:
    # Thousands of parameters cost more than the query itself; a separator that no value may hold does not.
    with connection.cursor() as cursor:
        cursor.execute(NAMED_ON_POSTGRESQL, ["\x1f".join(ids), "\x1f".join(codes)])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


class Catalogue:
    """Decides for one supplier's rows, in order."""

    def __init__(self, known: Mapping[str, Known], supplier: str, *, replace: bool) -> None:
        self._by_id = dict(known)
        self._id_of = {str(product.values[CODIGO]): key for key, product in known.items()}
        self._supplier = supplier
        self._replace = replace
        self.decisions = Decisions()

    def decide(self, row: CheckedRow) -> None:
        """Add the fate of a good `row` to `decisions`."""
        values = row.values
        key, code = str(values[ID]), str(values[CODIGO])
        by_id = self._by_id.get(key)
        id_of_code = self._id_of.get(code)
        by_code = None if id_of_code is None else self._by_id[id_of_code]
        problem = self._conflict(row.fila, key, code, by_id, by_code)
        if problem:
            self.decisions.reject([problem], duplicate=True)
        elif match := by_id or by_code:
            self._update(row.fila, match, values)
        else:
            self._create(row.fila, values)

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

    def _create(self, fila: int, values: Sequence[Value | None]) -> None:
        complete = _filled(values, BLANKS)
        key = str(complete[ID])
        self._remember(key, Known(self._supplier, 1, complete))
        self.decisions.creates[key] = complete
        self.decisions.categories.setdefault(str(complete[CATEGORY]), fila)
        self._warn(fila, complete)

    def _update(self, fila: int, match: Known, values: Sequence[Value | None]) -> None:
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
        else:
            changed = Known(self._supplier, match.version + 1, complete)
            self._id_of.pop(str(match.values[CODIGO]), None)
            self._remember(key, changed)
            self.decisions.updates[key] = changed
            self.decisions.changed.append(key)
            self.decisions.categories.setdefault(str(complete[CATEGORY]), fila)
        self._warn(fila, complete)

    def _remember(self, key: str, product: Known) -> None:
        self._by_id[key] = product
        self._id_of[str(product.values[CODIGO])] = key

    def _warn(self, fila: int, values: Values) -> None:
        warning = critical_above_minimum(fila, values)
        if warning:
            self.decisions.problems.append(warning)


def _filled(values: Sequence[Value | None], blanks: Values) -> Values:
    """The values, with those of `blanks` where there is none."""
    if None not in values:
        return tuple(values)  # type: ignore[arg-type]  # none is None
    return tuple(blank if value is None else value for value, blank in zip(values, blanks, strict=True))


def fields(values: Values) -> dict[str, Value]:
    """The values by the names of the product's own fields."""
    return dict(zip(FIELDS, values, strict=True))


def _problem(fila: int, columna: str, codigo: str, valor: str, **params: str | int) -> Problem:
    seen = shown(valor)
    return Problem(fila, columna, codigo, {"columna": columna, "valor": seen, **params}, seen)
