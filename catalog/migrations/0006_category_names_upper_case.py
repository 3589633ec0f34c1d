"""Category names are upper case: existing ones are changed, then a constraint keeps it so.

A name that exists in upper case already takes over the products of the other one. On the way back only the
constraint goes; names stay as they are.
"""

import unicodedata

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import F, Q
from django.db.models.functions import Now

LONGEST = 64


def upper_case(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    categories = apps.get_model("catalog", "Category").objects.using(editor.connection.alias)
    products = apps.get_model("catalog", "Product").objects.using(editor.connection.alias)
    for category in list(categories.all()):
        # As imports write it; a few letters, such as ß, become two.
        name = unicodedata.normalize("NFC", category.nombre.upper())[:LONGEST]
        if name == category.nombre:
            continue
        categories.get_or_create(nombre=name)
        categories.filter(nombre=name, created_at__gt=category.created_at).update(created_at=category.created_at)
        products.filter(categoria_id=category.nombre).update(
            categoria_id=name, version=F("version") + 1, updated_at=Now()
        )
        categories.filter(nombre=category.nombre).delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_change_numbers")]
    operations = [
        migrations.RunPython(upper_case, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=~Q(nombre__regex="[a-zß-öø-ÿ]"), name="category_name_upper_case"
            ),
        ),
    ]
