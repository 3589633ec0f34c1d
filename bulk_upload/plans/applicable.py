"""Whether a plan may still be applied, by its snapshot alone: clients poll it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from bulk_upload.models import Operation, Status
from bulk_upload.progress import Snapshot


def is_applicable(upload: Snapshot) -> bool:
    """Whether it is a plan that has ended, would change something, is kept and was not applied."""
    counts = upload["counts"]
    return (
        upload["operation"] == Operation.PLAN
        and upload["status"] == Status.COMPLETED
        and not upload["applied"]
        and upload["file_purged_at"] is None
        and bool(counts["creados"] + counts["actualizados"])
        and not _is_past(upload["completed_at"])
    )


def expiry(completed_at: datetime | None) -> datetime | None:
    """Until when a plan that ended then is kept; `None` for ever."""
    days: int = settings.BULK_UPLOAD_KEEP_PLANS_DAYS
    return completed_at + timedelta(days=days) if days and completed_at else None


def _is_past(completed_at: str | None) -> bool:
    # By this machine's clock: asking the database's would be a query, and days are counted.
    until = expiry(datetime.fromisoformat(completed_at) if completed_at else None)
    return until is not None and until < timezone.now()
