"""The rows of committed chunks, for the metrics."""

from __future__ import annotations

from bulk_upload.models import BulkUpload, Operation
from medisupply.metrics.declared import ROWS


class RowCounts:
    """Of one attempt. What earlier attempts committed has been counted by them.

    `operation` is what is done with the rows, which of a guarded import are planned first.
    """

    def __init__(self, upload: BulkUpload, operation: Operation | None = None) -> None:
        self._upload = upload
        self._operation = Operation(operation or upload.operation)
        self._counted = self._counts()

    def add_committed(self) -> None:
        """Count what the upload's counters have grown by."""
        now = self._counts()
        for outcome, count in now.items():
            ROWS.add(str(self._operation), outcome, amount=count - self._counted[outcome])
        self._counted = now

    def _counts(self) -> dict[str, int]:
        """What became of the upload's rows, by what the metrics call it."""
        upload = self._upload
        if self._operation == Operation.UNDO:
            return {
                "restored": upload.actualizados - upload.eliminados,
                "removed": upload.eliminados,
                "kept": upload.rechazados,
            }
        return {
            "created": upload.creados,
            "updated": upload.actualizados,
            "unchanged": upload.sin_cambios,
            "rejected": upload.rechazados,
        }
