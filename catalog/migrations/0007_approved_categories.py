"""Categories are approved by a person; those that exist are."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def approve(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("catalog", "Category").objects.using(editor.connection.alias).update(aprobada=True)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_category_names_upper_case")]
    operations = [
        migrations.AddField(
            model_name="category",
            name="aprobada",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Se ofrece a todos los proveedores, en sus plantillas y listas.",
                verbose_name="aprobada",
            ),
        ),
        migrations.RunPython(approve, migrations.RunPython.noop),
    ]
