"""On PostgreSQL, check a lot's product and warehouse once per statement, not once per row.

As `0003_references_by_statement` does for products, with the same promises and limits. The foreign key's query per
row was two thirds of the time in which an undo removes a catalogue, and a quarter of loading a list of stock.
A statement's lots may refer to thousands of products: they are looked at together, in the order of their keys.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFERENCES = (("producto", "catalog_product", "id"), ("bodega", "catalog_warehouse", "codigo"))

# The lot's side. What a lot of the statement referred to before needs no look: nothing can have removed it.
CHECK_WRITTEN = """
CREATE FUNCTION catalog_stocklot_require_{field}(referred text[]) RETURNS void LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
DECLARE
    found_rows bigint;
    absent text;
BEGIN
    PERFORM FROM {table} WHERE {key} = ANY(referred) ORDER BY {key} FOR KEY SHARE;
    GET DIAGNOSTICS found_rows = ROW_COUNT;
    IF found_rows < cardinality(referred) THEN
        SELECT one INTO absent FROM unnest(referred) AS one
            WHERE NOT EXISTS (SELECT FROM {table} WHERE {key} = one) ORDER BY one LIMIT 1;
        RAISE foreign_key_violation USING
            MESSAGE = format('catalog_stocklot refers to %L, which is not in {table}', absent),
            TABLE = 'catalog_stocklot', COLUMN = '{field}_id', CONSTRAINT = 'catalog_stocklot_{field}';
    END IF;
END $$;
CREATE FUNCTION catalog_stocklot_check_{field}() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM catalog_stocklot_require_{field}(array_agg(DISTINCT {field}_id)) FROM written HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE FUNCTION catalog_stocklot_check_new_{field}() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM catalog_stocklot_require_{field}(array_agg({field}_id))
        FROM (SELECT {field}_id FROM written EXCEPT SELECT {field}_id FROM earlier) AS others HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_stocklot_{field}_insert AFTER INSERT ON catalog_stocklot
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalog_stocklot_check_{field}();
CREATE TRIGGER catalog_stocklot_{field}_update AFTER UPDATE ON catalog_stocklot
    REFERENCING NEW TABLE AS written OLD TABLE AS earlier
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_stocklot_check_new_{field}();
"""

# The other side. One key of many is looked up in the lots' index: a plan for all of them might read every lot. A row
# whose key changes is looked at by itself, so that other updates cost nothing.
CHECK_GONE = """
CREATE FUNCTION {table}_refuse_if_stored() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
DECLARE
    referred text;
BEGIN
    -- With the snapshot of a transaction that began earlier, lots written since would not be seen.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE feature_not_supported USING MESSAGE = 'rows of {table} are deleted or renamed at READ COMMITTED only';
    END IF;
    IF TG_LEVEL = 'ROW' THEN
        SELECT {field}_id INTO referred FROM catalog_stocklot WHERE {field}_id = OLD.{key} LIMIT 1;
    ELSE
        SELECT gone.{key} INTO referred FROM gone,
            LATERAL (SELECT FROM catalog_stocklot WHERE {field}_id = gone.{key} LIMIT 1) AS lots LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('catalog_stocklot still refers to %L in {table}', referred),
            TABLE = 'catalog_stocklot', COLUMN = '{field}_id', CONSTRAINT = 'catalog_stocklot_{field}';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {table}_stored_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_if_stored();
CREATE TRIGGER {table}_stored_update AFTER UPDATE ON {table}
    FOR EACH ROW WHEN (OLD.{key} <> NEW.{key}) EXECUTE FUNCTION {table}_refuse_if_stored();
"""

# Dropping a function with CASCADE drops its triggers.
DROP = """
DROP FUNCTION catalog_stocklot_check_{field}() CASCADE;
DROP FUNCTION catalog_stocklot_check_new_{field}() CASCADE;
DROP FUNCTION catalog_stocklot_require_{field}(text[]);
DROP FUNCTION {table}_refuse_if_stored() CASCADE;
"""


def by_statement(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    lot = apps.get_model("catalog", "StockLot")
    for field, table, key in REFERENCES:
        for name in editor._constraint_names(lot, [f"{field}_id"], foreign_key=True):
            editor.execute(editor._delete_fk_sql(lot, name))
        for template in (CHECK_WRITTEN, CHECK_GONE):
            editor.execute(template.format(field=field, table=table, key=key), params=None)


def by_row(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    lot = apps.get_model("catalog", "StockLot")
    for field, table, _ in REFERENCES:
        editor.execute(DROP.format(field=field, table=table), params=None)
        editor.execute(editor._create_fk_sql(lot, lot._meta.get_field(field), "_fk_%(to_table)s_%(to_column)s"))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0014_medical_columns")]
    operations = [migrations.RunPython(by_statement, by_row)]
