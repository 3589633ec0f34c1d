"""Row errors and row changes, deleted in slices."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from bulk_upload.models import Part, RowChange, RowError, Severity, UnfinishedPurge
from bulk_upload.purging import parts
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.report import Removed
from bulk_upload.purging.row_bytes import RowBytes


def purge_errors(pace: Pace, removed: Removed) -> None:
    """Delete what was wrong with the rows of uploads that are past its age. Raises `Stopped`."""
    _purge(Part.ERRORS, RowError, pace, removed)


def purge_changes(pace: Pace, removed: Removed) -> None:
    """Delete old and new values of rows that uploads changed. Raises `Stopped`."""
    _purge(Part.CHANGES, RowChange, pace, removed)


def _purge(part: Part, model: type[RowError] | type[RowChange], pace: Pace, removed: Removed) -> None:
    while True:
        for page in parts.unfinished_pages(part):
            for purge in page:
                for rows in _in_order(model, purge):
                    _delete(rows, "fila" if model is RowChange else "id", pace, removed)
            _finish(page, model)
        if not parts.mark_some(part):
            return


def _in_order(model: type[RowError] | type[RowChange], purge: UnfinishedPurge) -> list[QuerySet[Any]]:
    """The rows of an upload as their index has them: by severity, where they have one, and row."""
    rows: QuerySet[Any] = model._default_manager.filter(upload=purge.upload_id)
    return [rows.filter(severity=severity) for severity in Severity] if model is RowError else [rows]


def _delete(rows: QuerySet[Any], key: str, pace: Pace, removed: Removed) -> None:
    """Delete `rows`, each slice in a transaction of its own; `key` tells them apart.

    Rows that another transaction holds are left, so nobody ever waits for two slices, and no deadlock can be: an
    import of corrections marks the errors of an older upload.
    """
    most, after = settings.BULK_UPLOAD_PURGE_ROWS, Q()
    while True:
        with transaction.atomic():
            locked = rows.filter(after).order_by("fila", key).select_for_update(skip_locked=parts.skips_locked())
            page = list(locked.annotate(row_bytes=RowBytes(rows.model)).values_list("fila", key, "row_bytes")[:most])
            rows.filter(**{f"{key}__in": [value for _, value, _ in page]}).delete()
        removed.add(size for _, _, size in page)
        pace.after_rows(len(page))
        if len(page) < most:
            return
        fila, value, _ = page[-1]
        after = Q(Q(fila__gt=fila) | Q(**{f"{key}__gt": value}), fila__gte=fila)


def _finish(page: list[UnfinishedPurge], model: type[RowError] | type[RowChange]) -> None:
    """Strike off the list what has no rows any more; rows that were left, or are being deleted, are still seen."""
    left = model._default_manager.filter(upload=OuterRef("upload"))
    UnfinishedPurge.objects.filter(~Exists(left), pk__in=[purge.pk for purge in page]).delete()
