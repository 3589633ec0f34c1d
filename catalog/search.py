"""Finds rows by words, whatever their accents and capitals: «cateter» finds CATÉTER, «nino» finds niño.

Every word must stand somewhere in the searched fields; words between quotation marks are one. Both databases have a
function `catalog_search_text` that takes accents and capitals away: PostgreSQL's is made by a migration, SQLite gets it
with each connection.

On PostgreSQL products are looked up in `catalog_productsearch`, their texts beforehand, with a trigram index. It is
filled after the writing of products, never by it (`catalog.search_filling`). Until then a product is *unfilled*:
triggers name such ones in `catalog_unfilledproducts` in the same transaction, and a search reads these as they are.
Each text names its supplier, so that a search for one supplier does not join the texts of all others.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import BooleanField, F, Func, Model, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat
from django.utils.text import smart_split, unescape_string_literal

from catalog.found_products import Found, FoundProducts
from catalog.models import Product, SupplierQuerySet
from catalog.unaccented import FUNCTION

PRODUCT_FIELDS: Final = ("id", "codigo", "nombre", "categoria_id")
# Between two fields, so that no word is found in the end of one and the beginning of the next.
SEPARATOR: Final = "\n"
# More words than anybody types are as good as these.
MOST_WORDS: Final = 20

TEXT: Final = f"{FUNCTION}(id || '{SEPARATOR}' || codigo || '{SEPARATOR}' || nombre || '{SEPARATOR}' || categoria_id)"
FILLED: Final = "SELECT product_id FROM catalog_productsearch AS filled WHERE {words}"
OF_SUPPLIERS: Final = " AND proveedor_id IN ({codes})"
# Joined, not tested by NOT IN: there may be many.
IS_FILLED: Final = (
    "NOT EXISTS (SELECT FROM (SELECT unnest(ids) AS id FROM catalog_unfilledproducts) AS unfilled"
    " WHERE unfilled.id = filled.product_id)"
)
UNFILLED: Final = (
    "SELECT id FROM catalog_product JOIN (SELECT DISTINCT unnest(ids) AS id FROM catalog_unfilledproducts) AS unfilled"
    " USING (id) WHERE {words}"
)

M = TypeVar("M", bound=Model)


def products(rows: QuerySet[Product], text: str, suppliers: SupplierQuerySet) -> QuerySet[Product]:
    """Those of `rows` and of `suppliers` that have every word of `text`, also when they were written a moment ago.

    `rows` are products of `suppliers` (see `SupplierQuerySet.own`), which other filters may have restricted.
    """
    words = _patterns(text)
    if not words or connection.vendor != "postgresql":
        return matching(rows, PRODUCT_FIELDS, text)
    restricted = bool(suppliers.query.has_filters())
    # Codes, not a subquery: the planner knows how many products each has.
    codes = list(suppliers.values_list("pk", flat=True)) if restricted else []
    if restricted and not codes:
        return rows.none()
    only_of_suppliers = len(rows.query.where.children) == int(restricted)
    if codes:
        rows = rows.filter(proveedor__in=codes)
    return FoundProducts.among(rows, _found(words, codes), only_of_suppliers=only_of_suppliers)


def matching(rows: QuerySet[M], fields: tuple[str, ...], text: str) -> QuerySet[M]:
    """Those of `rows` that have every word of `text` in one of `fields`. For small tables: reads every row."""
    parts: list[Combinable] = []
    for name in fields:
        parts += [F(name), Value(SEPARATOR)]
    searched = _SearchText(Concat(*parts, output_field=TextField()))
    for word in _patterns(text):
        rows = rows.filter(_Like(searched, _SearchText(Value(word))))
    return rows


def _found(words: list[str], codes: list[str]) -> Found:
    """`codes`: of the suppliers whose products are searched; none means all of them."""
    of_suppliers = OF_SUPPLIERS.format(codes=", ".join(["%s"] * len(codes))) if codes else ""
    filled = FILLED.format(words=" AND ".join([f"filled.texto LIKE {FUNCTION}(%s)"] * len(words))) + of_suppliers
    if not has_unfilled():
        return Found(filled, words + codes, has_unfilled=False)
    read = " AND ".join([f"{TEXT} LIKE {FUNCTION}(%s)"] * len(words)) + of_suppliers
    ids = f"{filled} AND {IS_FILLED} UNION ALL {UNFILLED.format(words=read)}"
    return Found(ids, (words + codes) * 2, has_unfilled=True)


def has_unfilled() -> bool:
    """Whether there are products that the search has to read. Only PostgreSQL has any."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM catalog_unfilledproducts)")
        return bool(cursor.fetchone()[0])


def _patterns(text: str) -> list[str]:
    """A pattern for LIKE for each word; what the words themselves have of its signs means nothing."""
    words = []
    for word in smart_split(text):
        if word.startswith(('"', "'")) and word[0] == word[-1] and len(word) > 1:
            word = unescape_string_literal(word)
        if word.strip():
            words.append(word)
    escaped = (word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") for word in words[:MOST_WORDS])
    return [f"%{word}%" for word in escaped]


class _SearchText(Func):
    function = FUNCTION
    output_field: Any = TextField()


class _Like(Func):
    template = r"%(expressions)s ESCAPE '\'"
    arg_joiner = " LIKE "
    output_field: Any = BooleanField()
