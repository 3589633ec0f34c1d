"""From when on things are too old to be kept, by the database's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from bulk_upload.models import Part
from medisupply.backends.database import database_now

SETTINGS: Final = {
    Part.FILE: "BULK_UPLOAD_KEEP_FILES_DAYS",
    Part.ERRORS: "BULK_UPLOAD_KEEP_ERRORS_DAYS",
    Part.CHANGES: "BULK_UPLOAD_KEEP_CHANGES_DAYS",
}


def limit_of(part: Part) -> datetime | None:
    """What ended before it is past the age of `part`; `None` when that is kept for ever. Raises `DatabaseError`."""
    return limit(getattr(settings, SETTINGS[part]))


def limit(days: int) -> datetime | None:
    return database_now() - timedelta(days=days) if days else None
