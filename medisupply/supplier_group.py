"""The group "Proveedor": what the people of a supplier may do in the admin and with the API.

It is created after each `migrate` while it is missing, because Django creates the permissions then. A group that is
there stays as it is: its permissions are the administrator's from then on.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

GROUP: Final = "Proveedor"
# Of their own suppliers only: see `SupplierQuerySet.for_user`.
PERMISSIONS: Final = {
    "bulk_upload": ("view_bulkupload", "add_bulkupload"),
    "catalog": (
        *("view_product", "add_product", "change_product", "delete_product", "view_supplier", "view_category"),
        *("view_warehouse", "view_stocklot"),
    ),
}


def create_supplier_group(*, using: str = "default", **signal: Any) -> None:
    """Create the group with its permissions, unless it exists. Receiver of `post_migrate`."""
    from django.contrib.auth.models import Group, Permission

    with transaction.atomic(using=using):
        group, created = Group.objects.using(using).get_or_create(name=GROUP)
        if not created:
            return
        for app_label, codenames in PERMISSIONS.items():
            group.permissions.add(
                *Permission.objects.using(using).filter(content_type__app_label=app_label, codename__in=codenames)
            )
