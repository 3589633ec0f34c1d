"""Whose uploads are: the model that the setting `BULK_UPLOAD_OWNER_MODEL` names, as `AUTH_USER_MODEL` names the users'.

Its primary key is a text, and it has a field `activo`. Its default manager has `for_user(user, permission)`: the owners
that a user may act for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet

from bulk_upload.imports import SheetImport, registry

if TYPE_CHECKING:
    from bulk_upload.models import BulkUpload, UploadDraft

User = AbstractBaseUser | AnonymousUser

VIEW_UPLOADS: Final = "bulk_upload.view_bulkupload"
ADD_UPLOADS: Final = "bulk_upload.add_bulkupload"


def owners() -> QuerySet[Any]:
    """All of them."""
    rows: QuerySet[Any] = apps.get_model(settings.BULK_UPLOAD_OWNER_MODEL)._default_manager.all()
    return rows


def owners_for(user: User, permission: str) -> QuerySet[Any]:
    """Those that `user` may act for with `permission`."""
    rows: QuerySet[Any] = owners().for_user(user, permission)  # type: ignore[attr-defined]
    return rows


def may_import(user: User, declared: type[SheetImport]) -> bool:
    """Whether `user` may send and see uploads of a sheet that is nobody's own."""
    if declared.is_owned or not user.is_active or not getattr(user, "is_staff", False):
        return False
    return bool(user.has_perms(declared.permissions))  # type: ignore[attr-defined]


def may_act_for(user: User, upload: BulkUpload | UploadDraft) -> bool:
    """Whether `user` may cancel or retry the upload, as it may upload for its owner."""
    if upload.proveedor_id is None:
        return may_import(user, registry.get(upload.sheet_name))
    return owners_for(user, ADD_UPLOADS).filter(pk=upload.proveedor_id).exists()


def unowned_sheets_for(user: User) -> list[str]:
    """The names of the sheets of `may_import`."""
    return [name for name, declared in registry.imports.items() if may_import(user, declared)]
