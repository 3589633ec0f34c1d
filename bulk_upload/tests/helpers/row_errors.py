"""What an import found in the rows, as short tuples."""

from __future__ import annotations

from bulk_upload.models import BulkUpload


def problems(upload: BulkUpload) -> list[tuple[int, str, str]]:
    """The upload's row errors as (row, column, code)."""
    errors = upload.row_errors.filter(severity="error")
    return list(errors.values_list("fila", "columna", "codigo"))


def warnings(upload: BulkUpload) -> list[tuple[int, str, str]]:
    found = upload.row_errors.filter(severity="warning")
    return list(found.values_list("fila", "columna", "codigo"))
