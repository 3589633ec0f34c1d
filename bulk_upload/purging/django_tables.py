"""Tables of Django's own that grow every day: what people did in the admin, and their sessions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from bulk_upload.purging.ages import limit
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.parts import skips_locked
from bulk_upload.purging.report import Removed
from bulk_upload.purging.row_bytes import RowBytes
from medisupply.backends.database import database_now


def old_actions() -> QuerySet[LogEntry]:
    """Actions in the admin that are past their age, the oldest first: their keys are in the order of time."""
    before = limit(settings.BULK_UPLOAD_KEEP_ADMIN_LOG_DAYS)
    return LogEntry.objects.none() if before is None else LogEntry.objects.filter(action_time__lt=before).order_by("pk")


def expired_sessions() -> QuerySet[Session]:
    """Sessions that have ended by their own date, the oldest first."""
    return Session.objects.filter(expire_date__lt=database_now()).order_by("expire_date")


def purge_actions(pace: Pace, removed: Removed) -> None:
    """Delete what people did in the admin too long ago. Raises `Stopped`."""
    _delete(old_actions(), pace, removed)


def purge_sessions(pace: Pace, removed: Removed) -> None:
    """Delete sessions with which nobody can go on. Raises `Stopped`."""
    _delete(expired_sessions(), pace, removed)


def _delete(rows: QuerySet[Any], pace: Pace, removed: Removed) -> None:
    """Delete `rows`, each slice in a transaction of its own. Rows that another purge holds are left to it."""
    most = settings.BULK_UPLOAD_PURGE_ROWS
    while True:
        with transaction.atomic():
            locked = rows.select_for_update(skip_locked=skips_locked())
            page = list(locked.annotate(row_bytes=RowBytes(rows.model)).values_list("pk", "row_bytes")[:most])
            rows.filter(pk__in=[key for key, _ in page]).delete()
        removed.add(size for _, size in page)
        pace.after_rows(len(page))
        if len(page) < most:
            return
