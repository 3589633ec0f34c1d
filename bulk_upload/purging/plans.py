"""What plans would do with the rows of their files: removed by its age, a few chunks at a time."""

from __future__ import annotations

import uuid
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bulk_upload.models import BulkUpload, BulkUploadQuerySet, PlannedRows
from bulk_upload.purging.ages import limit
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.parts import skips_locked
from bulk_upload.purging.report import Removed
from bulk_upload.purging.row_bytes import RowBytes

# Chunks that are deleted in one transaction: one has half a megabyte at most.
SLICE: Final = 20


def old_plans() -> BulkUploadQuerySet:
    """The uploads past the age of plans of which planned rows are kept, and that no application reads now."""
    before = limit(settings.BULK_UPLOAD_KEEP_PLANS_DAYS)
    if before is None:
        return BulkUpload.objects.none()
    kept = PlannedRows.objects.filter(upload=OuterRef("pk"))
    application = BulkUpload.objects.unfinished().filter(based_on=OuterRef("pk"))
    return BulkUpload.objects.ended_before(before).filter(Exists(kept), ~Exists(application))


def rows_of_old_plans() -> QuerySet[PlannedRows]:
    return PlannedRows.objects.filter(upload__in=old_plans().values("pk"))


def purge_plans(pace: Pace, removed: Removed) -> None:
    """Delete the rows of old plans; `removed` counts plans. Raises `Stopped`."""
    for key in list(old_plans().order_by("completed_at").values_list("pk", flat=True)):
        removed.count += 1
        while sizes := _delete_some(key):
            removed.size += sum(sizes)
            pace.after_slice()


def _delete_some(key: uuid.UUID) -> list[int]:
    """Delete a slice of a plan, unless somebody has let it begin again; returns the bytes of its chunks."""
    rows = PlannedRows.objects.filter(upload=key)
    with transaction.atomic():
        # Not the upload: a retry that begins now waits for the chunks that are locked, and removes the others itself.
        locked = rows.filter(upload__in=old_plans().values("pk")).select_for_update(
            of=("self",), skip_locked=skips_locked()
        )
        found = list(locked.annotate(row_bytes=RowBytes(PlannedRows)).values_list("first_row", "row_bytes")[:SLICE])
        rows.filter(first_row__in=[first_row for first_row, _size in found]).delete()
    return [size for _first_row, size in found]
