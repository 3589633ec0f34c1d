"""Previews of one file on the local disk, each by a reader of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from bulk_upload.checking.tables import Limits
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.reading.files import Readers
from bulk_upload.reading.heartbeat import OnWait
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.preview import SheetPreview


@dataclass(frozen=True, slots=True)
class FilePreviews:
    readers: Readers
    path: Path
    original: BulkUpload | UploadDraft
    on_wait: OnWait
    # A preview reads the first rows only: it has less time than an import, and as much memory.
    cpu_seconds: int = 20
    _made: dict[str, SheetPreview] = field(default_factory=dict)

    def preview(self, mapping: SheetMapping) -> SheetPreview:
        """How the file is understood with `mapping`. Raises `FileProblem`, `OSError` and what `on_wait` raises."""
        key = mapping.fingerprint
        if key not in self._made:
            self._made[key] = self._make(mapping)
        return self._made[key]

    def _make(self, mapping: SheetMapping) -> SheetPreview:
        limits = Limits(max_rows=settings.BULK_UPLOAD_MAX_ROWS, cpu_seconds=self.cpu_seconds)
        sheet = registry.get(self.original.sheet_name).sheet
        with self.readers.reader(limits, self.on_wait) as reader:
            return reader.preview(self.path, self.original.file_format, sheet, mapping)
