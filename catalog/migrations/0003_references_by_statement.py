"""On PostgreSQL, check a product's supplier and category once per statement, not once per row.

PostgreSQL's own foreign keys run a query for each row that is written: half of the time that loading a
catalogue takes. These triggers promise the same (a product never refers to what is not there, whoever
writes it) with one look for each different supplier and category of a statement. As foreign keys do, they
lock what is referred to (FOR KEY SHARE), so that it cannot be deleted before the product is committed, and
they report a violation as one. Unlike Django's, they do not wait for the end of the transaction, and what is
referred to can be deleted at PostgreSQL's own isolation level only, READ COMMITTED. TRUNCATE asks no trigger.

A later migration that alters the key of a supplier or category makes Django create its foreign keys again:
call `by_statement` after it. `catalog/tests/test_references.py` would notice.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFERENCES = (("proveedor", "catalog_supplier", "codigo"), ("categoria", "catalog_category", "nombre"))

# The product's side; `written` are the rows of the statement.
CHECK_WRITTEN = """
CREATE FUNCTION catalog_product_check_{field}() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
DECLARE
    referred text;
BEGIN
    FOR referred IN SELECT DISTINCT {field}_id FROM written LOOP
        PERFORM FROM {table} WHERE {key} = referred FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE foreign_key_violation USING
                MESSAGE = format('catalog_product refers to %L, which is not in {table}', referred),
                TABLE = 'catalog_product', COLUMN = '{field}_id', CONSTRAINT = 'catalog_product_{field}';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_product_{field}_insert AFTER INSERT ON catalog_product
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalog_product_check_{field}();
CREATE TRIGGER catalog_product_{field}_update AFTER UPDATE ON catalog_product
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalog_product_check_{field}();
"""

# The other side; `gone` are the rows of the statement as they were.
CHECK_GONE = """
CREATE FUNCTION {table}_check_products() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
DECLARE
    referred text;
BEGIN
    -- With the snapshot of a transaction that began earlier, products written since would not be seen.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE feature_not_supported USING MESSAGE = 'rows of {table} are deleted or renamed at READ COMMITTED only';
    END IF;
    SELECT gone.{key} INTO referred FROM gone
        WHERE NOT EXISTS (SELECT FROM {table} WHERE {table}.{key} = gone.{key})
        AND EXISTS (SELECT FROM catalog_product WHERE {field}_id = gone.{key}) LIMIT 1;
    IF FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('catalog_product still refers to %L in {table}', referred),
            TABLE = 'catalog_product', COLUMN = '{field}_id', CONSTRAINT = 'catalog_product_{field}';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {table}_products_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION {table}_check_products();
CREATE TRIGGER {table}_products_update AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION {table}_check_products();
"""

# Dropping a function with CASCADE drops its triggers.
DROP = """
DROP FUNCTION catalog_product_check_{field}() CASCADE;
DROP FUNCTION {table}_check_products() CASCADE;
"""


def by_statement(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    product = apps.get_model("catalog", "Product")
    for field, table, key in REFERENCES:
        for name in editor._constraint_names(product, [f"{field}_id"], foreign_key=True):
            editor.execute(editor._delete_fk_sql(product, name))
        for template in (CHECK_WRITTEN, CHECK_GONE):
            editor.execute(template.format(field=field, table=table, key=key), params=None)


def by_row(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    product = apps.get_model("catalog", "Product")
    for field, table, _ in REFERENCES:
        editor.execute(DROP.format(field=field, table=table), params=None)
        editor.execute(editor._create_fk_sql(product, product._meta.get_field(field), "_fk_%(to_table)s_%(to_column)s"))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_no_pattern_index_on_product_id")]
    operations = [migrations.RunPython(by_statement, by_row)]
