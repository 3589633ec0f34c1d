"""A remembered mapping that somebody names with a file."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from bulk_upload.mappings.remembered import mark_used
from bulk_upload.models import RememberedMapping
from bulk_upload.receiving.mappings import mapping_of_json
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.mapping import SheetMapping

CODE: Final = "unknown_mapping"
UNKNOWN: Final = _("No hay una correspondencia recordada con ese nombre para este proveedor y esta hoja.")


def mapping_named(owner: str | None, sheet: Sheet, name: str) -> SheetMapping:
    """Raises `RefusedUpload` when the owner has none of that name, or one that fits the sheet no more."""
    found = RememberedMapping.objects.of(owner, sheet.name).filter(name=name).first()
    if found is None:
        raise RefusedUpload(CODE, str(UNKNOWN), field="mapping_name")
    mapping = mapping_of_json(found.mapping, sheet)
    mark_used(found)
    return mapping
