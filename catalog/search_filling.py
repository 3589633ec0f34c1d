"""Fills `catalog_productsearch`: done by the workers while they have no message, in short transactions.

One of them at a time, so that an older text never replaces a newer one. It reads the products after the names of the
unfilled ones: whatever is written in between is named again by its own transaction.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

from catalog.search import TEXT, has_unfilled

# Products of one transaction: a tenth of a second, for which a message may have to wait.
BATCH: Final = 1000
LOCK: Final = "SELECT pg_try_advisory_xact_lock('catalog_productsearch'::regclass::oid::bigint)"
# Before anything that a TRUNCATE of the products, whose trigger empties the other tables, would have to wait for.
READ_LOCK: Final = "LOCK TABLE catalog_product IN ACCESS SHARE MODE"
TAKE: Final = """
    DELETE FROM catalog_unfilledproducts WHERE id IN (
        SELECT id FROM (
            SELECT id, sum(products) OVER (ORDER BY id) - products AS before
            FROM (SELECT id, products FROM catalog_unfilledproducts ORDER BY id LIMIT 500) AS oldest
        ) AS counted WHERE before < %s
    ) RETURNING ids
"""
FILL: Final = f"""
    INSERT INTO catalog_productsearch AS filled (product_id, proveedor_id, texto)
    SELECT id, proveedor_id, {TEXT} FROM catalog_product WHERE id = ANY(%s) ORDER BY id
    ON CONFLICT (product_id) DO UPDATE SET proveedor_id = excluded.proveedor_id, texto = excluded.texto
    WHERE (filled.proveedor_id, filled.texto) <> (excluded.proveedor_id, excluded.texto)
"""  # noqa: S608  # a constant
FORGET: Final = """
    DELETE FROM catalog_productsearch AS filled WHERE product_id = ANY(%s)
    AND NOT EXISTS (SELECT FROM catalog_product WHERE id = filled.product_id)
"""


def fill_some() -> int:
    """Fill some of the products that were written or deleted last; returns how many. 0 when none is left to do."""
    if not has_unfilled():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        if not cursor.fetchone()[0]:
            return 0  # another one does it
        cursor.execute(READ_LOCK)
        cursor.execute(TAKE, [BATCH])
        ids = sorted({key for (keys,) in cursor.fetchall() for key in keys})
        cursor.execute(FILL, [ids])
        cursor.execute(FORGET, [ids])
    return len(ids)
