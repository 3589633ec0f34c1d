"""The rows of committed chunks, for the metrics."""

from __future__ import annotations

from typing import Final

from bulk_upload.models import BulkUpload
from medisupply.metrics.declared import ROWS

# The upload's counters that say what became of its rows, and what the metrics call it.
OUTCOMES: Final = {
    "creados": "created",
    "actualizados": "updated",
    "sin_cambios": "unchanged",
    "rechazados": "rejected",
}


class RowCounts:
    """Of one attempt. What earlier attempts committed has been counted by them."""

    def __init__(self, upload: BulkUpload) -> None:
        self._upload = upload
        self._counted = self._counts()

    def add_committed(self) -> None:
        """Count what the upload's counters have grown by."""
        now = self._counts()
        for name, outcome in OUTCOMES.items():
            ROWS.add(outcome, amount=now[name] - self._counted[name])
        self._counted = now

    def _counts(self) -> dict[str, int]:
        return {name: getattr(self._upload, name) for name in OUTCOMES}
