"""To act for all suppliers becomes a permission of its own.

Until now staff who belong to no supplier did, with the permissions that they have. They get it here, each of them:
a group may have members of suppliers as well. On the way back it is taken from everybody.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

CODE = "all_suppliers"
NAME = "Puede actuar por todos los proveedores"
APPS = ["catalog", "bulk_upload"]


def give(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    alias = editor.connection.alias
    types = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    # Django makes those of new models only after all migrations.
    supplier, _ = types.get_or_create(app_label="catalog", model="supplier")
    permission, _ = permissions.get_or_create(content_type=supplier, codename=CODE, defaults={"name": NAME})
    ours = permissions.filter(content_type__app_label__in=APPS).exclude(pk=permission.pk)
    staff = apps.get_model("auth", "User").objects.using(alias).filter(is_staff=True, is_superuser=False)
    able = Q(user_permissions__in=ours) | Q(groups__permissions__in=ours)
    for user in staff.filter(able, suppliers=None).distinct():
        user.user_permissions.add(permission)


def take(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    permissions = apps.get_model("auth", "Permission").objects.using(editor.connection.alias)
    permissions.filter(content_type__app_label="catalog", codename=CODE).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_approved_categories"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.AlterModelOptions(
            name="supplier",
            options={
                "ordering": ["codigo"],
                "permissions": [(CODE, NAME)],
                "verbose_name": "proveedor",
                "verbose_name_plural": "proveedores",
            },
        ),
        migrations.RunPython(give, take),
    ]
