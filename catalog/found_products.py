"""The products that a search found: a queryset that avoids its join where it can.

While nothing but the suppliers and the words restricts the products, their number and a page ordered by id are read
from `catalog_productsearch` alone. Joining tens of thousands of found texts with their products takes longer than
finding them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.where import AND

from catalog.models import Product

# How the lists order by id, and how SQL does.
ORDERS: Final = {"id": "ASC", "pk": "ASC", "-id": "DESC", "-pk": "DESC"}
COUNT: Final = "SELECT count(*) FROM ({ids}) AS found"
PAGE: Final = "{ids} ORDER BY product_id {order} LIMIT {limit} OFFSET {offset}"


@dataclass(frozen=True)
class Found:
    """A query for the ids of the found products, each once. `has_unfilled`: it reads unfilled products, too."""

    ids: str
    params: list[str]
    has_unfilled: bool


class FoundProducts(QuerySet[Product]):
    _found: Found
    # How many conditions the query has while only suppliers and words restrict it: each filter adds one.
    _conditions: int

    @classmethod
    def among(cls, rows: QuerySet[Product], found: Found, *, only_of_suppliers: bool) -> Self:
        """`only_of_suppliers`: `rows` are all products of the suppliers that `found` is restricted to."""
        products = cls(model=Product, query=rows.query.chain(), using=rows.db)
        products._found, products._conditions = found, -1
        products = products.filter(pk__in=RawSQL(found.ids, found.params))  # noqa: S611  # words are parameters
        if only_of_suppliers:
            products._conditions = len(products.query.where.children)
        return products

    def count(self) -> int:
        if self._result_cache is not None or not self._is_all_found():
            return super().count()
        with connections[self.db].cursor() as cursor:
            cursor.execute(COUNT.format(ids=self._found.ids), self._found.params)
            return int(cursor.fetchone()[0])

    def __getitem__(self, key: Any) -> Any:
        is_page = isinstance(key, slice) and key.stop is not None and key.step is None
        if not is_page or not self._is_all_found() or self._found.has_unfilled:
            return super().__getitem__(key)
        return self.filter(pk__in=self._page(int(key.start or 0), int(key.stop)))

    def _page(self, first: int, end: int) -> RawSQL | QuerySet[Product, Any]:
        """The ids of a page. Only these are sorted, not the whole products."""
        ordered = self.query.order_by
        if ordered and (order := ORDERS.get(str(ordered[0]))):
            page = PAGE.format(ids=self._found.ids, order=order, limit=max(end - first, 0), offset=first)
            return RawSQL(page, self._found.params)  # noqa: S611  # as above
        found = Product.objects.filter(pk__in=RawSQL(self._found.ids, self._found.params))  # noqa: S611  # as above
        return found.order_by(*ordered).values("pk")[first:end]

    def _is_all_found(self) -> bool:
        query = self.query
        return (
            len(query.where.children) == self._conditions
            and query.where.connector == AND
            and not (query.is_sliced or query.distinct or query.combinator or query.annotations)
        )

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._found, clone._conditions = self._found, self._conditions
        return clone
