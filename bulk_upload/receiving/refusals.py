"""Why a file is refused before it is accepted: a code for programs, a sentence for people."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from bulk_upload import newer_lists
from bulk_upload.problem_texts.mapping import MAPPING_TEXTS

# What API and admin say of an upload or a file while S3 does not answer.
STORAGE_AWAY: Final = _("El almacén de archivos no responde: intente de nuevo en un momento.")


class RefusedUpload(Exception):
    """The upload is refused. `field` is the form's field or the header that is at fault."""

    def __init__(self, code: str, message: str, *, field: str = "file") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


# RFC 9110, section 15.5 and 15.6.
STATUSES: Final[dict[str, int]] = {
    newer_lists.CODE: 409,
    "length_required": 411,
    "file_too_large": 413,
    "unsupported_format": 415,
    "content_mismatch": 415,
    "encrypted_file": 415,
    "idempotency_key_reused": 422,
    "unknown_mapping": 422,
    "mapping_constant_beside_column": 422,
    **dict.fromkeys(MAPPING_TEXTS, 422),
    "storage_unavailable": 503,
}


def status_of(refusal: RefusedUpload) -> int:
    """The HTTP status of the answer, in API and admin; 400 where nothing more precise fits."""
    return STATUSES.get(refusal.code, 400)
