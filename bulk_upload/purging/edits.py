"""What people changed in rows, which no upload names: by its own age."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from bulk_upload.models import Part, RowEdit
from bulk_upload.purging.ages import limit_of
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.parts import skips_locked
from bulk_upload.purging.report import Removed
from bulk_upload.purging.row_bytes import RowBytes


def old_edits() -> QuerySet[RowEdit]:
    """As old as the changes of uploads that are no longer kept."""
    before = limit_of(Part.CHANGES)
    return RowEdit.objects.none() if before is None else RowEdit.objects.filter(moment__lt=before)


def purge_edits(pace: Pace, removed: Removed) -> None:
    """Delete them, the oldest first: what is left of a row's history has no gap. Raises `Stopped`."""
    most = settings.BULK_UPLOAD_PURGE_ROWS
    while True:
        with transaction.atomic():
            old = old_edits().order_by("moment", "pk").select_for_update(skip_locked=skips_locked())
            page = list(old.annotate(row_bytes=RowBytes(RowEdit)).values_list("pk", "row_bytes")[:most])
            RowEdit.objects.filter(pk__in=[key for key, _ in page]).delete()
        removed.add(size for _, size in page)
        pace.after_rows(len(page))
        if len(page) < most:
            return
