"""Drop the second index that Django gives a text key on PostgreSQL (for LIKE in other locales than C).

No list of the API searches the start of an id by LIKE, and every index costs on each imported row.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def _name(editor: BaseDatabaseSchemaEditor) -> str:
    return editor.quote_name(editor._create_index_name("catalog_product", ["id"], suffix="_like"))


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP INDEX IF EXISTS {_name(editor)}")


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"CREATE INDEX {_name(editor)} ON catalog_product (id varchar_pattern_ops)")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(drop, create, elidable=False)]
