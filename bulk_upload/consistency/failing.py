"""End an unfinished upload that cannot go on, as a worker would: by its claim, and in words."""

from __future__ import annotations

from bulk_upload import snapshots
from bulk_upload.models import BulkUpload, ClaimLost, lease


def fail_in_words(upload: BulkUpload, code: str) -> bool:
    """Whether the upload has ended; `False` when a worker has it, which finds out by itself."""
    claimed = BulkUpload.objects.claim(upload.pk, lease())
    if claimed is None:
        return not BulkUpload.objects.unfinished().filter(pk=upload.pk).exists()
    try:
        claimed.fail(code, {})
    except ClaimLost:
        return False
    snapshots.show(claimed)
    return True
