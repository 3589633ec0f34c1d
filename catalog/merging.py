"""Categories that mean the same become one."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from bulk_upload.history.edits import Edit, Editor, keep
from bulk_upload.models import EditAction
from catalog.models import Category, Product
from medisupply.backends.database import database_now, next_change_number


def merge_categories(names: Collection[str], target: Category, editor: Editor) -> int:
    """Give the products of the categories `names` to `target` and delete those; returns how many products.

    For the products it is a change by a person: a list that was sent earlier does not undo it.
    """
    with transaction.atomic():
        # A row that is being written may refer to one of them: it is waited for.
        list(Category.objects.select_for_update().filter(pk__in=[*names, target.pk]).order_by("pk"))
        products = Product.objects.filter(categoria__in=names)
        moving = products.order_by("pk").select_for_update().values_list("pk", "categoria_id").iterator()
        changes = (Edit(key, {"categoria": (before, target.pk)}) for key, before in moving)
        keep(Product, EditAction.CHANGED, changes, editor)
        moved = products.update(
            categoria=target,
            version=F("version") + 1,
            change_number=next_change_number(),
            changed_by_upload=None,
            updated_at=database_now(),
        )
        Category.objects.filter(pk__in=names).delete()
    return moved
