"""The group "Proveedor" that exists sees warehouses and stock, as a new one does.

Only where it may see products: an administrator who took that away will not want this. On the way back both
permissions are taken from the group.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

GROUP = "Proveedor"
PERMISSIONS = {
    "warehouse": ("view_warehouse", "Can view bodega"),
    "stocklot": ("view_stocklot", "Can view lote en bodega"),
}


def give(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    alias = editor.connection.alias
    types = apps.get_model("contenttypes", "ContentType").objects.using(alias)
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    groups = apps.get_model("auth", "Group").objects.using(alias)
    sees_products = {"permissions__content_type__app_label": "catalog", "permissions__codename": "view_product"}
    for group in groups.filter(name=GROUP, **sees_products):
        for model, (code, name) in PERMISSIONS.items():
            # Django makes those of new models only after all migrations.
            of_model, _ = types.get_or_create(app_label="catalog", model=model)
            permission, _ = permissions.get_or_create(
                content_type=of_model, codename=code, defaults={"name": name}
            )
            group.permissions.add(permission)


def take(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    alias = editor.connection.alias
    codes = [code for code, _ in PERMISSIONS.values()]
    permissions = apps.get_model("auth", "Permission").objects.using(alias).filter(
        content_type__app_label="catalog", codename__in=codes
    )
    for group in apps.get_model("auth", "Group").objects.using(alias).filter(name=GROUP):
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_warehouses_and_stock"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give, take)]
