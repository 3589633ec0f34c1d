"""One attempt at one upload, by the worker that holds its claim."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings
from django.db import connection

from bulk_upload import progress, queue, snapshots, storage
from bulk_upload.checking.tables import Limits
from bulk_upload.consuming.speed import RecentSpeed
from bulk_upload.importing.import_table import import_table
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, lease
from bulk_upload.queue import Delivery
from bulk_upload.reading.files import Readers

log = logging.getLogger(__name__)

# The cache is written at most four times a second while an import runs.
SHOWN_EVERY_SECONDS: Final = 0.25
# SQLite's waiters sleep for up to a tenth of a second between two tries.
SQLITE_GAP_SECONDS: Final = 0.03


class Work(Protocol):
    """What a worker does for an upload for a longer time, between whose parts it may do something else."""

    upload: BulkUpload

    def is_longer_than(self, seconds: float) -> bool:
        """Whether it has run for more than `seconds`."""

    def keep(self) -> None:
        """Renew its claim well before that ends. Raises `ClaimLost`."""


class Attempt:
    """Fetches the file, imports it from the checkpoint on, and keeps claim and message alive meanwhile."""

    def __init__(
        self,
        upload: BulkUpload,
        delivery: Delivery,
        readers: Readers,
        folder: Path,
        pause: Callable[[Work], None],
        interruptible: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """`pause` is called wherever the import may stop, never within a transaction; what it raises ends the
        attempt. Within `interruptible` a stop may be raised anywhere.
        """
        self.upload = upload
        self.started = time.monotonic()
        self._delivery = delivery
        self._readers = readers
        self._folder = folder
        self._pause = pause
        self._interruptible = interruptible
        self._renewed_at = self.started
        self._shown_at = 0.0
        self._speed = RecentSpeed()

    def run(self) -> None:
        """Import the upload to its end.

        Raises `ClaimLost`, `FileProblem`, `storage.FileGone` or `storage.StorageDown`, the database's
        errors, and whatever `pause` raises. Committed chunks stay.
        """
        upload = self.upload
        log.info("Upload %s: %s from row %s, attempt %s", upload.pk, upload.filename, upload.next_row, upload.attempts)
        self._show()
        limits = Limits(max_rows=settings.BULK_UPLOAD_MAX_ROWS)
        with self._readers.reader(limits, self._on_wait) as reader, ExitStack() as stack:
            with self._interruptible():
                path = stack.enter_context(storage.local_copy(upload, self._folder, on_block=self._on_wait))
            table = reader.checked(
                path,
                upload.file_format,
                registry.get(upload.sheet_name).sheet,
                next_row=upload.next_row,
                chunk_rows=settings.BULK_UPLOAD_CHUNK_ROWS,
            )
            import_table(upload, table, self._after_chunk, self.keep)
        upload.complete()
        self._show()
        log.info("Upload %s is complete: %s of %s rows landed", upload.pk, upload.exitosos, upload.total)

    def is_longer_than(self, seconds: float) -> bool:
        """Whether it has run for more than `seconds`."""
        return time.monotonic() - self.started > seconds

    def keep(self) -> None:
        """Renew lease and visibility together, well before they end. Raises `ClaimLost`."""
        if time.monotonic() - self._renewed_at < settings.BULK_UPLOAD_LEASE_SECONDS / 4:
            return
        self.upload.renew(lease())
        if not connection.in_atomic_block:  # what is not committed yet may never be
            self._show()  # a sign of life, also while a large file is still being read
        try:
            queue.set_visibility(self._delivery, settings.BULK_UPLOAD_LEASE_SECONDS)
        except queue.QueueFault as error:
            # Whoever gets the message meanwhile finds a live claim and gives it back.
            log.warning("The message of upload %s could not be kept: %s", self.upload.pk, error)
        self._renewed_at = time.monotonic()

    def _on_wait(self) -> None:
        self._pause(self)
        self.keep()

    def _after_chunk(self) -> None:
        self._speed.add(self.upload.procesados)
        if time.monotonic() - self._shown_at >= SHOWN_EVERY_SECONDS:
            self._show()
        self._on_wait()
        if connection.vendor == "sqlite":
            # Who waits for SQLite's one lock looks only now and then: without a gap it would starve.
            time.sleep(SQLITE_GAP_SECONDS)

    def _show(self) -> None:
        self._shown_at = time.monotonic()
        snapshot = snapshots.of(self.upload)
        if not self.upload.is_final:
            snapshot["rows_per_second"] = self._speed.rows_per_second()
        progress.put(snapshot)
