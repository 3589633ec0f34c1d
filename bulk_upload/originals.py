"""The file as its supplier sent it: fetched, and compared with what was recorded when it was accepted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bulk_upload import storage
from bulk_upload.models import BulkUpload
from bulk_upload.sheet.problems import FileProblem


def fetch_original(upload: BulkUpload, into: Path, *, on_block: Callable[[], None] = lambda: None) -> None:
    """Write the file of `upload` to `into`; `on_block` is called after each block.

    Raises `FileProblem` when the stored file is not the one that was accepted, `storage.StorageDown`,
    `storage.FileGone`, `OSError` of the local disk, and what `on_block` raises.
    """
    fetched = storage.fetch(upload.s3_key, into, on_block=on_block)
    # Uploads of older releases have no hash.
    if fetched.size != upload.size or upload.sha256 not in ("", fetched.sha256):
        raise FileProblem("file_replaced")
