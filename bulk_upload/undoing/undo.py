"""The undo of one upload: what it created is removed and what it changed is as before, a slice at a time.

Rows that somebody has changed since, or refers to, are kept and listed as the undo's row errors. At last goes what the
upload created on the way, as far as nothing uses it any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings

from bulk_upload.importing.database_retries import repeated
from bulk_upload.importing.mapping.target import Target, target_of
from bulk_upload.importing.matching.decision_types import Decisions
from bulk_upload.importing.row_changes import is_large, keep_changes
from bulk_upload.models import LISTED, BulkUpload, ChunkRows, RowError, Tally, lease
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.stage_times import StageClock
from bulk_upload.undoing.created_on_the_way import remove_unused
from bulk_upload.undoing.kept_rows import row_errors_of
from bulk_upload.undoing.slices import Account, Slice
from bulk_upload.undoing.take_back import SliceUndo, TakenBack, differences


def undo(undo: BulkUpload, after_chunk: Callable[[], None], clock: StageClock | None = None) -> None:
    """Take back all that the upload did on which `undo` is based, from the checkpoint on.

    `after_chunk` is called after each commit; what it raises ends the undo there. Raises `ClaimLost`,
    `OperationalError`, `FileProblem` where what the upload did is no longer kept; what was committed stays.
    """
    clock, target = clock or StageClock(), target_of(undo.sheet_name)
    original = undo.based_on
    if original is None or original.changes_purged_at:  # an undo that was cancelled is tried again too late
        raise FileProblem("undo_expired")
    with clock.stage("match"):
        account = Account(original)
        if not undo.next_row:
            undo.begin_undo(total=account.total(), next_row=account.end())
    while undo.next_row > 1:
        with clock.stage("match"):
            part = account.before(undo.next_row, settings.BULK_UPLOAD_CHUNK_ROWS)
        with clock.stage("write"):
            repeated(undo, lambda part=part: _take_back(target, undo, original, account, part))  # type: ignore[misc]
        target.declared.after_chunk()
        after_chunk()
    with clock.stage("write"):
        repeated(undo, lambda: remove_unused(target, undo, original))


def _take_back(target: Target, undo: BulkUpload, original: BulkUpload, account: Account, part: Slice) -> None:
    done = SliceUndo(target, undo, original, account).run(part)
    decisions = _decisions(target, original, done)
    large = [is_large(target, change) for change in decisions.changes]
    RowError.objects.bulk_create(row_errors_of(undo, done.kept), batch_size=2000)
    room = LISTED - len(undo.productos_actualizados)
    undo.checkpoint(
        Tally(
            actualizados=len(done.removed) + len(done.restored),
            eliminados=len(done.removed),
            rechazados=len(done.kept),
            cambios_grandes_de_precio=sum(large),
            productos_actualizados=[target.key_text(change.before) for change in decisions.changes[:room]],
        ),
        part.first,
        lease(),
    )
    keep_changes(target, undo, decisions, large)
    if done.removed:
        removed = sorted(done.removed)
        keys: list[Any] = [one.key for one in removed]
        ChunkRows.of(undo, [one.fila for one in removed], keys).save(force_insert=True)


def _decisions(target: Target, original: BulkUpload, done: TakenBack) -> Decisions:
    """What was restored, in the form that an import's changes are kept in."""
    changes = differences(target, done.restored)
    updates = {target.key_of(one.known.values): one.known for one in done.restored}
    return Decisions(updates=updates, changes=changes, previous=dict.fromkeys(updates, original.pk))
