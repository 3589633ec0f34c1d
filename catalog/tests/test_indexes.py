"""Every index of the product table costs on each imported row."""

from __future__ import annotations

import pytest
from django.db import connection

from catalog.models import Product


@pytest.mark.django_db
def test_products_have_four_indexes():
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, Product._meta.db_table)
    indexed = sorted(tuple(c["columns"]) for c in constraints.values() if c["index"] or c["unique"] or c["primary_key"])
    assert indexed == [("categoria_id", "id"), ("codigo",), ("id",), ("proveedor_id", "id")]
