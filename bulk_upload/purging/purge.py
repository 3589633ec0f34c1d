"""One purge, and what one would remove.

Each kind is removed by itself. While S3 or SQS is away the others are done all the same; uploads whose files could
not be removed stay, so that nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.models import Count, QuerySet, Sum

from bulk_upload import queue, storage, storage_keys
from bulk_upload.models import Part
from bulk_upload.purging import parts
from bulk_upload.purging.dead_letters import purge_dead_letters
from bulk_upload.purging.django_tables import expired_sessions, old_actions, purge_actions, purge_sessions
from bulk_upload.purging.drafts import old_drafts, purge_drafts
from bulk_upload.purging.edits import old_edits, purge_edits
from bulk_upload.purging.files import old_prepared_files, purge_originals, purge_prepared
from bulk_upload.purging.pace import Pace, Stopped
from bulk_upload.purging.plans import old_plans, purge_plans, rows_of_old_plans
from bulk_upload.purging.report import Kind, Removed, Report
from bulk_upload.purging.row_bytes import RowBytes
from bulk_upload.purging.rows import OF_CHANGES, OF_ERRORS, Kept, purge_changes, purge_errors
from bulk_upload.purging.uploads import old_uploads, purge_uploads


def purge(report: Report, pace: Pace) -> None:
    """Remove what is past its age, and write into `report` what was removed, whatever happens on the way.

    Raises `DatabaseError`.
    """
    removed = report.removed
    try:
        with _unless_away(report):
            purge_originals(pace, removed[Kind.FILES])
            purge_prepared(pace, removed[Kind.PREPARED])
            purge_drafts(pace, removed[Kind.DRAFTS])
        purge_errors(pace, removed[Kind.ERRORS])
        purge_changes(pace, removed[Kind.CHANGES])
        purge_edits(pace, removed[Kind.EDITS])
        purge_plans(pace, removed[Kind.PLANS])
        purge_uploads(pace, removed[Kind.UPLOADS])
        purge_actions(pace, removed[Kind.ACTIONS])
        purge_sessions(pace, removed[Kind.SESSIONS])
        with _unless_away(report):
            purge_dead_letters(removed[Kind.DEAD_LETTERS])
    except Stopped:
        report.is_stopped = True


def preview(report: Report) -> None:
    """Write into `report` what `purge` would remove now, if all services answered. Raises `DatabaseError`."""
    originals = parts.due_or_unfinished(Part.FILE).filter(s3_key__startswith=storage_keys.uploads())
    report.removed |= {
        Kind.FILES: _counted(originals, "size"),
        Kind.PREPARED: _counted(old_prepared_files(), "size"),
        Kind.DRAFTS: _counted(old_drafts(), "size"),
        Kind.ERRORS: _kept(Part.ERRORS, OF_ERRORS),
        Kind.CHANGES: _kept(Part.CHANGES, OF_CHANGES),
        Kind.EDITS: _counted(old_edits()),
        Kind.PLANS: Removed(old_plans().count(), _counted(rows_of_old_plans()).size),
        Kind.UPLOADS: _counted(old_uploads()),
        Kind.ACTIONS: _counted(old_actions()),
        Kind.SESSIONS: _counted(expired_sessions()),
    }
    with _unless_away(report):
        purge_dead_letters(report.removed[Kind.DEAD_LETTERS], only_count=True)


def _keys(part: Part) -> QuerySet[Any, Any]:
    return parts.due_or_unfinished(part).values("pk")


def _kept(part: Part, all_kept: Sequence[Kept]) -> Removed:
    found = [_counted(kept.model._default_manager.filter(upload__in=_keys(part))) for kept in all_kept]
    return Removed(sum(each.count for each in found), sum(each.size for each in found))


def _counted(rows: QuerySet[Any], size: str = "") -> Removed:
    rows = rows.order_by() if size else rows.order_by().annotate(row_bytes=RowBytes(rows.model))
    found = rows.aggregate(count=Count("*"), size=Sum(size or "row_bytes"))
    return Removed(found["count"], found["size"] or 0)


@contextmanager
def _unless_away(report: Report) -> Iterator[None]:
    try:
        yield
    except storage.StorageDown as error:
        report.away["S3"] = str(error)
    except queue.QueueFault as error:
        report.away["SQS"] = str(error)
