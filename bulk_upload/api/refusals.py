"""Refused uploads as answers of the API."""

from __future__ import annotations

from rest_framework.response import Response

from bulk_upload.receiving.refusals import RefusedUpload, status_of
from medisupply.api.errors import RETRY_AFTER, answer_with, body


def connect() -> None:
    """Let every view raise `RefusedUpload`: the upload handlers do so while a body is read."""
    answer_with(RefusedUpload, _answer)


def _answer(refusal: RefusedUpload) -> Response:
    status = status_of(refusal)
    fields = [{"field": refusal.field, "code": refusal.code, "message": refusal.message}] if status < 500 else []
    response = Response(body(refusal.code, refusal.message, fields), status=status)
    if status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response
