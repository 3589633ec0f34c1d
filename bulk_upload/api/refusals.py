"""Refused uploads, and files that there are not, as answers of the API."""

from __future__ import annotations

from typing import Final

from rest_framework.response import Response

from bulk_upload import purged
from bulk_upload.receiving.refusals import RefusedUpload, status_of
from bulk_upload.workbooks.download_errors import NoFile
from medisupply.api.errors import RETRY_AFTER, Fields, answer_with, body

# Of `NoFile`, by its code; 422 for what is wrong with the file itself.
STATUSES: Final[dict[str, int]] = {
    "not_finished": 409,
    "nothing_to_correct": 409,
    "no_file": 409,
    "already_undone": 409,
    "file_gone": 410,
    **dict.fromkeys(purged.CODES.values(), 410),
    "storage_unavailable": 503,
    "not_prepared": 503,
}


def connect() -> None:
    """Let every view raise `RefusedUpload` (the upload handlers do so while a body is read) and `NoFile`."""
    answer_with(RefusedUpload, _refused)
    answer_with(NoFile, _no_file)


def _refused(refusal: RefusedUpload) -> Response:
    status = status_of(refusal)
    fields = [{"field": refusal.field, "code": refusal.code, "message": refusal.message}] if status < 500 else []
    return _answer(status, refusal.code, refusal.message, fields)


def _no_file(missing: NoFile) -> Response:
    return _answer(STATUSES.get(missing.code, 422), missing.code, missing.sentence)


def _answer(status: int, code: str, message: str, fields: Fields | None = None) -> Response:
    response = Response(body(code, message, fields), status=status)
    if status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response
