"""On PostgreSQL: the texts that a search of products looks into, with a trigram index (see `catalog.search`).

The extensions unaccent and pg_trgm are created if this user may (the owner of the database may, from PostgreSQL 13 on).
Without them searches work, too: with the letters of `catalog.unaccented`, and without the index. When they have been
created later, `migrate catalog 0008` and `migrate` make all this again.

The triggers only note the keys of a statement's rows, thousands in one row: an index on the products themselves would
nearly double the time of an import.
"""

from django.db import DatabaseError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from catalog.unaccented import LETTERS

EXTENSION = "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = %s"
WITH_UNACCENT = """
CREATE FUNCTION catalog_search_text(text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$$ BEGIN RETURN lower({schema}.unaccent('{schema}.unaccent', $1)); END $$
"""
WITH_LETTERS = """
CREATE FUNCTION catalog_search_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lower(translate($1, '{accented}', '{plain}')) $$
"""
TABLES = """
CREATE TABLE catalog_productsearch (product_id varchar(64) PRIMARY KEY, texto text NOT NULL);
CREATE TABLE catalog_unfilledproducts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, products integer NOT NULL, ids varchar(64)[] NOT NULL
);
-- Compressing the keys would take longer than writing them.
ALTER TABLE catalog_unfilledproducts ALTER ids SET STORAGE EXTERNAL;
CREATE FUNCTION catalog_product_unfilled() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO catalog_unfilledproducts (products, ids)
        SELECT count(*), array_agg(id) FROM written HAVING count(*) BETWEEN 1 AND 5000;
    IF NOT FOUND THEN
        INSERT INTO catalog_unfilledproducts (products, ids)
            SELECT count(*), array_agg(id) FROM (SELECT id, row_number() OVER () / 2500 AS part FROM written) AS parts
            GROUP BY part;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_product_unfilled_insert AFTER INSERT ON catalog_product
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalog_product_unfilled();
CREATE TRIGGER catalog_product_unfilled_update AFTER UPDATE ON catalog_product
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalog_product_unfilled();
CREATE TRIGGER catalog_product_unfilled_delete AFTER DELETE ON catalog_product
    REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION catalog_product_unfilled();
CREATE FUNCTION catalog_products_truncated() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM catalog_unfilledproducts;
    DELETE FROM catalog_productsearch;
    RETURN NULL;
END $$;
CREATE TRIGGER catalog_product_truncated AFTER TRUNCATE ON catalog_product
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_products_truncated();
INSERT INTO catalog_unfilledproducts (products, ids)
    SELECT count(*), array_agg(id) FROM (SELECT id, row_number() OVER (ORDER BY id) / 2500 AS part FROM catalog_product) AS parts
    GROUP BY part ORDER BY part;
"""
# Without the list of pending entries, which one transaction in many would have to work off for all of them.
INDEX = """
CREATE INDEX catalog_productsearch_words ON catalog_productsearch USING gin (texto {schema}.gin_trgm_ops)
    WITH (fastupdate = off)
"""
DROP = """
DROP FUNCTION catalog_products_truncated() CASCADE;
DROP FUNCTION catalog_product_unfilled() CASCADE;
DROP TABLE catalog_unfilledproducts;
DROP TABLE catalog_productsearch;
DROP FUNCTION catalog_search_text(text);
"""


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    if schema := _extension(editor, "unaccent"):
        editor.execute(WITH_UNACCENT.format(schema=schema), params=None)
    else:
        letters = WITH_LETTERS.format(accented="".join(LETTERS), plain="".join(LETTERS.values()))
        editor.execute(letters, params=None)
    editor.execute(TABLES, params=None)
    if schema := _extension(editor, "pg_trgm"):
        editor.execute(INDEX.format(schema=schema), params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(DROP, params=None)  # the extensions may be used by others


def _extension(editor: BaseDatabaseSchemaEditor, name: str) -> str | None:
    """The schema of an extension, which is created if need be; `None` where it cannot be had."""
    try:
        with transaction.atomic(using=editor.connection.alias), editor.connection.cursor() as cursor:
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    except DatabaseError:
        return None
    with editor.connection.cursor() as cursor:
        cursor.execute(EXTENSION, [name])
        return str(cursor.fetchone()[0])


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_all_suppliers_permission")]
    operations = [migrations.RunPython(create, drop)]
