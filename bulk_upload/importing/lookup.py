"""The products that rows name, as the database has them now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from bulk_upload.checking.results import CheckedValues
from bulk_upload.importing.decisions import FIELDS, Known
from bulk_upload.sheet.columns import INDEX
from bulk_upload.sheet.values import Value
from catalog.models import Product

# The array comes from a subquery on purpose: thousands of constants make the planner scan the whole table.
NAMED_ON_POSTGRESQL: Final = f"""
    SELECT proveedor_id, version, change_number, {", ".join(FIELDS)} FROM catalog_product
    WHERE {{column}} = ANY((SELECT string_to_array(%s, chr(31)))::text[])
"""  # noqa: S608  # names of columns only
ID: Final = INDEX["id"]
CODIGO: Final = INDEX["codigo"]


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
    return Product.objects.values_list("proveedor_id", "version", "change_number", *FIELDS)


def _known(found: Iterable[tuple[Any, ...]]) -> dict[str, Known]:
    return {row[3]: Known(row[0], row[1], row[2], row[3:]) for row in found}
