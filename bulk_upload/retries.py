"""Whether a failed or cancelled upload may go on: the same rule for API, admin, command and the file sent again."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from bulk_upload import purged
from bulk_upload.models import BulkUpload, Operation, Part, PlannedRows, Status
from bulk_upload.newer_lists import newer_list
from bulk_upload.problem_texts import FILE_TEXTS

UNDONE: Final = _("La carga se deshizo, o se está deshaciendo: por eso no puede reintentarse.")
SEND_AGAIN: Final = _("Por eso no puede reintentarse: cargue el archivo otra vez.")
PLAN_GONE: Final = FILE_TEXTS["plan_expired"].text
CHANGES_GONE: Final = FILE_TEXTS["undo_expired"].text


class NoRetry(NamedTuple):
    """Why an upload does not go on: a code for programs, a sentence for people."""

    code: str
    sentence: str


def no_retry(upload: BulkUpload) -> NoRetry | None:
    """Why the upload may not go on; `None` where nothing is against it but perhaps its state."""
    if BulkUpload.objects.filter(based_on=upload, operation=Operation.UNDO).exists():
        return NoRetry("already_undone", str(UNDONE))
    if gone := next(filter(None, (purged.part_of(upload, part) for part in Part)), None):
        return NoRetry(gone.code, f"{gone.sentence} {SEND_AGAIN}")
    if upload.status not in (Status.FAILED, Status.CANCELLED):
        return None
    if basis := _basis_gone(upload):
        return basis
    return NoRetry(*newer) if (newer := newer_list(upload)) else None


def _basis_gone(upload: BulkUpload) -> NoRetry | None:
    """Why the plan that is applied, or what is undone, is no longer there."""
    basis = upload.based_on
    if upload.operation == Operation.APPLY and not (basis and PlannedRows.are_kept(basis)):
        return NoRetry("plan_expired", str(PLAN_GONE))
    if upload.operation == Operation.UNDO and (basis is None or basis.changes_purged_at):
        return NoRetry("undo_expired", str(CHANGES_GONE))
    return None
