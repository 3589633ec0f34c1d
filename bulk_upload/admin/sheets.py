"""Which sheets a person may upload, and which one a page is about."""

from __future__ import annotations

from django.http import Http404

from bulk_upload.imports import SheetImport, registry
from bulk_upload.owners import User, may_import
from bulk_upload.sheet.declaration import Sheet


def offered_imports(user: User) -> list[type[SheetImport]]:
    """Those of the declared sheets that `user` may upload for somebody, or for nobody in particular."""
    return [declared for declared in registry.imports.values() if declared.is_owned or may_import(user, declared)]


def requested_sheet(name: str | None, user: User) -> Sheet:
    """The sheet that an address names, the first one where it names none. Raises `Http404`."""
    offered = offered_imports(user)
    for declared in offered:
        if name in (None, "", declared.sheet.name):
            return declared.sheet
    raise Http404
