"""Refused uploads, and files that there are not, as answers of the API."""

from __future__ import annotations

from typing import Final

from rest_framework.response import Response

from bulk_upload import newer_lists, purged
from bulk_upload.plans.apply import CannotApply
from bulk_upload.receiving.refusals import RefusedUpload, status_of
from bulk_upload.workbooks.download_errors import NoFile
from medisupply.api.errors import RETRY_AFTER, Fields, answer_with, body

# Of `NoFile`, by its code; 422 for what is wrong with the file itself.
STATUSES: Final[dict[str, int]] = {
    "not_finished": 409,
    "nothing_to_correct": 409,
    "not_a_plan": 409,
    "plan_expired": 410,
    "no_file": 409,
    "already_undone": 409,
    newer_lists.CODE: 409,
    "undo_expired": 410,
    "file_gone": 410,
    "draft_gone": 410,
    **dict.fromkeys(purged.CODES.values(), 410),
    "storage_unavailable": 503,
    "not_prepared": 503,
    "preview_unavailable": 503,
}


# Of `CannotApply`, by its code; 409 for what does not fit the state of the plan.
REFUSED_PLANS: Final = {
    "second_person_required": 403,
    "plan_expired": 410,
    **dict.fromkeys(purged.CODES.values(), 410),
}


def connect() -> None:
    """Let views raise `NoFile`, `CannotApply` and `RefusedUpload` (the upload handlers do so while a body is read)."""
    answer_with(RefusedUpload, _refused)
    answer_with(NoFile, _no_file)
    answer_with(CannotApply, _not_applied)


def _refused(refusal: RefusedUpload) -> Response:
    status = status_of(refusal)
    fields = [{"field": refusal.field, "code": refusal.code, "message": refusal.message}] if status < 500 else []
    return _answer(status, refusal.code, refusal.message, fields)


def _no_file(missing: NoFile) -> Response:
    return _answer(STATUSES.get(missing.code, 422), missing.code, missing.sentence)


def _not_applied(refusal: CannotApply) -> Response:
    return _answer(REFUSED_PLANS.get(refusal.code, 409), refusal.code, refusal.sentence)


def _answer(status: int, code: str, message: str, fields: Fields | None = None) -> Response:
    response = Response(body(code, message, fields), status=status)
    if status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response
