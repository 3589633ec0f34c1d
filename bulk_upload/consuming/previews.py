"""Answers the questions how files are understood, beside the import, one at a time."""

from __future__ import annotations

import threading
import time
from typing import Any, Final

from django.db import connection
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload import storage
from bulk_upload.consuming.temporary_folder import Workplace, has_room
from bulk_upload.imports import registry
from bulk_upload.mappings import remembered
from bulk_upload.mappings.file_previews import FilePreviews
from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.previews.request import (
    FAULT_SECONDS,
    GONE_CODE,
    STORAGE_CODE,
    Original,
    PreviewAnswer,
    PreviewRequest,
    keep,
    kept,
    next_request,
    request_for,
)
from bulk_upload.reading.files import Readers
from bulk_upload.sheet.mapping import SheetMapping
from bulk_upload.sheet.problems import FileProblem

log = get_logger(__name__)

# Seconds of one wait for a question; less than the timeout of the cache's server.
WAIT_SECONDS: Final = 0.5
# Seconds before the next wait after one that ended at once: the cache is away.
PAUSE_SECONDS: Final = 2.0


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
                if self._stopped.is_set():
                    return
                log.exception("A preview met a fault")
                self._stopped.wait(PAUSE_SECONDS)
            finally:
                connection.close()  # this thread's own

    def _answer(self, request: PreviewRequest) -> None:
        model = UploadDraft if request.kind == "draft" else BulkUpload
        original: Original | None = model._default_manager.filter(pk=request.original).first()
        if original is None or original.sheet_name not in registry.imports or not has_room():
            return
        wire = request.mapping or {}
        try:
            answer = self._look_at(original, request.mapping)
            keep(request, answer)
            if request.mapping is None:
                # Who has seen it asks for what it shows.
                keep(request_for(original, SheetMapping.of(answer.mapping)), answer)
        except FileProblem as problem:
            keep(request, PreviewAnswer(wire, code=problem.code, params=problem.params))
        except storage.FileGone:
            keep(request, PreviewAnswer(wire, code=GONE_CODE), FAULT_SECONDS)
        except (storage.StorageDown, OSError) as error:
            log.warning("A file could not be looked at", error=error)
            keep(request, PreviewAnswer(wire, code=STORAGE_CODE), FAULT_SECONDS)

    def _look_at(self, original: Original, wire: dict[str, Any] | None) -> PreviewAnswer:
        """The preview with that mapping; where none was said, with the remembered one for the file's header."""
        began = time.monotonic()
        with storage.local_copy(original, self._workplace.folder, on_block=self._on_wait) as path:
            reading = FilePreviews(self._readers, path, original, self._on_wait)
            found = None
            if wire is None:
                found = remembered.find(original.proveedor_id, original.sheet_name, reading.preview)
                wire = found.mapping if found else {}
            preview = reading.preview(SheetMapping.of(wire))
        log.info("A file is looked at", seconds=round(time.monotonic() - began, 3), bytes=original.size)
        return PreviewAnswer(wire, preview, remembered=found.name if found else "")

    def _on_wait(self) -> None:
        if self._stopped.is_set():
            raise _Stopping

    @staticmethod
    def _about(request: PreviewRequest) -> dict[str, str]:
        return {"task_id": str(request.original)}
