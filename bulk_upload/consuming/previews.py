"""Answers the questions how files are understood, beside the import, one at a time."""

from __future__ import annotations

import threading
import time
from typing import Final

from django.conf import settings
from django.db import connection
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload import storage
from bulk_upload.checking.tables import Limits
from bulk_upload.consuming.temporary_folder import Workplace, has_room
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.previews.request import FAULT_SECONDS, Original, PreviewAnswer, PreviewRequest, keep, kept, next_request
from bulk_upload.reading.files import Readers
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.problems import FileProblem

log = get_logger(__name__)

# Seconds of one wait for a question; less than the timeout of the cache's server.
WAIT_SECONDS: Final = 0.5
# Seconds before the next wait after one that ended at once: the cache is away.
PAUSE_SECONDS: Final = 2.0
# A preview reads the first rows only. A file that takes longer is imported without one.
CPU_SECONDS: Final = 20


class _Stopping(Exception):
    """The worker ends: nobody needs this answer any more."""


class Previews:
    """Makes answers, by readers that it shares with the import."""

    def __init__(self, readers: Readers, workplace: Workplace) -> None:
        self._readers = readers
        self._workplace = workplace
        self._stopped = threading.Event()

    def start(self) -> None:
        """Answer on a thread of its own, until `stop`."""
        threading.Thread(target=self._loop, name="previews", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def step(self, wait_seconds: float = WAIT_SECONDS) -> bool:
        """Wait for a question and answer it; returns whether there was one."""
        request = next_request(wait_seconds)
        if request is None:
            return False
        if kept(request) is None:
            with bound_contextvars(**self._about(request)):
                self._answer(request)
        return True

    def _loop(self) -> None:
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                if not self.step() and time.monotonic() - began < WAIT_SECONDS / 2:
                    self._stopped.wait(PAUSE_SECONDS)
            except _Stopping:
                return
            except Exception:
                if not self._stopped.is_set():
                    log.exception("A preview met a fault")
            finally:
                connection.close()  # this thread's own

    def _answer(self, request: PreviewRequest) -> None:
        model = UploadDraft if request.kind == "draft" else BulkUpload
        original: Original | None = model._default_manager.filter(pk=request.original).first()
        if original is None or original.sheet_name not in registry.imports or not has_room():
            return
        mapping = SheetMapping.of(request.mapping or {})
        try:
            keep(request, self._preview(original, mapping))
        except FileProblem as problem:
            keep(request, PreviewAnswer(mapping.wire(), code=problem.code, params=problem.params))
        except storage.FileGone:
            keep(request, PreviewAnswer(mapping.wire(), code="file_missing"), FAULT_SECONDS)
        except (storage.StorageDown, OSError) as error:
            log.warning("A file could not be looked at", error=error)
            keep(request, PreviewAnswer(mapping.wire(), code="storage_unavailable"), FAULT_SECONDS)

    def _preview(self, original: Original, mapping: SheetMapping) -> PreviewAnswer:
        sheet = registry.get(original.sheet_name).sheet
        limits = Limits(max_rows=settings.BULK_UPLOAD_MAX_ROWS, cpu_seconds=CPU_SECONDS)
        began = time.monotonic()
        with (
            storage.local_copy(original, self._workplace.folder, on_block=self._on_wait) as path,
            self._readers.reader(limits, self._on_wait) as reader,
        ):
            preview = reader.preview(path, original.file_format, sheet, mapping)
        log.info("A file is looked at", seconds=round(time.monotonic() - began, 3), bytes=original.size)
        return PreviewAnswer(mapping.wire(), preview)

    def _on_wait(self) -> None:
        if self._stopped.is_set():
            raise _Stopping

    @staticmethod
    def _about(request: PreviewRequest) -> dict[str, str]:
        return {"task_id": str(request.original)}
