"""Row errors, row changes and the keys of what was created, deleted in slices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from bulk_upload.models import ChunkRows, MendedRow, Part, RowChange, RowError, Severity, UnfinishedPurge
from bulk_upload.purging import parts
from bulk_upload.purging.pace import Pace
from bulk_upload.purging.report import Removed
from bulk_upload.purging.row_bytes import RowBytes


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that are kept of an upload: `key` tells those of one `row` apart, `share` is how many rows one is."""

    model: type[Model]
    row: str
    key: str
    share: Callable[[], int] = lambda: 1


OF_ERRORS: Final = [Kept(RowError, "fila", "id"), Kept(MendedRow, "fila", "id")]
OF_CHANGES: Final = [
    Kept(RowChange, "fila", "fila"),
    Kept(ChunkRows, "first_row", "first_row", lambda: settings.BULK_UPLOAD_CHUNK_ROWS),
]


def purge_errors(pace: Pace, removed: Removed) -> None:
    """Delete what was wrong with the rows of uploads that are past its age. Raises `Stopped`."""
    _purge(Part.ERRORS, OF_ERRORS, pace, removed)


def purge_changes(pace: Pace, removed: Removed) -> None:
    """Delete old and new values of rows that uploads changed, and which they created. Raises `Stopped`."""
    _purge(Part.CHANGES, OF_CHANGES, pace, removed)


def _purge(part: Part, all_kept: Sequence[Kept], pace: Pace, removed: Removed) -> None:
    while True:
        for page in parts.unfinished_pages(part):
            for purge in page:
                for kept in all_kept:
                    for rows in _in_order(kept.model, purge):
                        _delete(rows, kept, pace, removed)
            _finish(page, all_kept)
        if not parts.mark_some(part):
            return


def _in_order(model: type[Model], purge: UnfinishedPurge) -> list[QuerySet[Any]]:
    """The rows of an upload as their index has them: by severity, where they have one, and row."""
    rows: QuerySet[Any] = model._default_manager.filter(upload=purge.upload_id)
    return [rows.filter(severity=severity) for severity in Severity] if model is RowError else [rows]


def _delete(rows: QuerySet[Any], kept: Kept, pace: Pace, removed: Removed) -> None:
    """Delete `rows`, each slice in a transaction of its own.

    Rows that another transaction holds are left, so nobody ever waits for two slices, and no deadlock can be: an
    import of corrections marks the errors of an older upload.
    """
    row, key, share, after = kept.row, kept.key, kept.share(), Q()
    most = max(1, settings.BULK_UPLOAD_PURGE_ROWS // share)
    while True:
        with transaction.atomic():
            locked = rows.filter(after).order_by(row, key).select_for_update(skip_locked=parts.skips_locked())
            page = list(locked.annotate(row_bytes=RowBytes(rows.model)).values_list(row, key, "row_bytes")[:most])
            rows.filter(**{f"{key}__in": [value for _, value, _ in page]}).delete()
        removed.add(size for _, _, size in page)
        pace.after_rows(share * len(page))
        if len(page) < most:
            return
        last, value, _ = page[-1]
        after = Q(Q(**{f"{row}__gt": last}) | Q(**{f"{key}__gt": value}), **{f"{row}__gte": last})


def _finish(page: list[UnfinishedPurge], all_kept: Sequence[Kept]) -> None:
    """Strike off the list what has no rows any more; rows that were left, or are being deleted, are still seen."""
    left = [Q(~Exists(kept.model._default_manager.filter(upload=OuterRef("upload")))) for kept in all_kept]
    UnfinishedPurge.objects.filter(*left, pk__in=[purge.pk for purge in page]).delete()
