"""On PostgreSQL: the texts of searches name their suppliers, so that a search need not join those of others.

Nothing that the last release runs writes these texts. Those that are here already are removed, and filled again by
workers: until then searches read the products themselves.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ADD = """
LOCK TABLE catalog_productsearch IN ACCESS EXCLUSIVE MODE;
INSERT INTO catalog_unfilledproducts (products, ids)
    SELECT count(*), array_agg(product_id)
    FROM (SELECT product_id, row_number() OVER (ORDER BY product_id) / 2500 AS part FROM catalog_productsearch) AS parts
    GROUP BY part ORDER BY part;
TRUNCATE catalog_productsearch;
ALTER TABLE catalog_productsearch ADD proveedor_id varchar(32) NOT NULL;
CREATE INDEX catalog_productsearch_suppliers ON catalog_productsearch (proveedor_id, product_id);
"""
REMOVE = "ALTER TABLE catalog_productsearch DROP proveedor_id"


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ADD, params=None)


def remove(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(REMOVE, params=None)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_product_search")]
    operations = [migrations.RunPython(add, remove)]
