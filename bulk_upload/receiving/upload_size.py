"""The limit of an upload's size, kept while the request is still being received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bulk_upload.receiving.refusals import RefusedUpload

# What multipart adds around the file, at most: other fields and part headers.
MULTIPART_OVERHEAD: Final = 64 * 1024


class UploadSizeGuard(FileUploadHandler):
    """Stops reading a request whose files exceed `BULK_UPLOAD_MAX_BYTES`, as soon as that is known."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803  # Django's own name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.BULK_UPLOAD_MAX_BYTES + MULTIPART_OVERHEAD:
            raise too_large()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.BULK_UPLOAD_MAX_BYTES:
            raise too_large()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def check_length(meta: Mapping[str, Any]) -> None:
    """Refuse, before a byte of it is read, the body of a request (by its `META`) that is certainly too large."""
    length = meta.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > settings.BULK_UPLOAD_MAX_BYTES + MULTIPART_OVERHEAD:
        raise too_large()


def too_large() -> RefusedUpload:
    message = _("El archivo supera el límite de %(limit)s MB: divídalo en varios.") % {"limit": max_megabytes()}
    return RefusedUpload("file_too_large", message)


def max_megabytes() -> int:
    """The limit as people are told it."""
    return max(1, settings.BULK_UPLOAD_MAX_BYTES // (1024 * 1024))
