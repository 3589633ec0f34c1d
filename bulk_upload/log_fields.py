"""Which fields of the log say what a line is about: bind them where the work for it begins."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bulk_upload.models import BulkUpload, PreparedFile


def of_task(task_id: uuid.UUID, supplier: Any, sheet_name: str) -> dict[str, Any]:
    return {"task_id": str(task_id), "supplier": supplier, "sheet": sheet_name}


def of_upload(upload: BulkUpload) -> dict[str, Any]:
    return of_task(upload.pk, upload.proveedor_id, upload.sheet_name)


def of_file(file: PreparedFile) -> dict[str, Any]:
    """Of a file that is made of an upload."""
    return {"file_id": str(file.pk), **of_upload(file.upload)}
