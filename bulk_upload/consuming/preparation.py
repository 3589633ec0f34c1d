"""What a worker does with a message that asks for a file of an upload: make it, store it, acknowledge.

A fault is tried again after a growing delay, up to `BULK_UPLOAD_MAX_ATTEMPTS` times: whoever wants the file asks
again later. A worker that is told to stop gives the file back between two blocks of rows.
"""

from __future__ import annotations

import logging
import random
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from bulk_upload import queue, storage, storage_keys
from bulk_upload.checking.tables import Limits
from bulk_upload.consuming import faults
from bulk_upload.consuming.attempt import Work
from bulk_upload.consuming.deliveries import DATABASE_ERRORS, FIRST_DELAY, LONGEST_DELAY, GiveBack, WorkerUnfit
from bulk_upload.consuming.handler import Handler
from bulk_upload.imports import registry
from bulk_upload.models import ClaimLost, PreparedFile, lease
from bulk_upload.queue import Delivery
from bulk_upload.reading.files import Readers
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.workbooks.corrections import standing_errors, write_corrections
from bulk_upload.workbooks.prepared_files import FILE_GONE, NOT_PREPARED, STORAGE_AWAY
from medisupply.backends.database import database_now

log = logging.getLogger(__name__)

# Seconds between two records of how far a file is.
SHOWN_EVERY_SECONDS: Final = 1.0
# Bytes per second with which a file goes into the store, at least: nothing is renewed meanwhile.
STORING_SPEED: Final = 1_000_000


class FileHandler(Handler):
    """Handles messages that ask for files."""

    def handle(self, delivery: Delivery) -> None:
        """Deal with one message. Raises the faults of SQS and of the database, and `WorkerUnfit`."""
        if delivery.file_id is None:
            raise ValueError(f"message {delivery.message_id} asks for no file")
        file = PreparedFile.objects.claim(delivery.file_id, lease())
        try:
            is_done = self._attempt(file, delivery) if file else self._skip(delivery.file_id, delivery)
        except ClaimLost:
            # Removed together with its upload, or another worker's now.
            is_done = not PreparedFile.objects.filter(pk=delivery.file_id).exists()
        if is_done:
            queue.delete(delivery)

    def _attempt(self, file: PreparedFile, delivery: Delivery) -> bool:
        """Make the file; returns whether the message is done with. Raises `ClaimLost`."""
        try:
            if file.attempts > settings.BULK_UPLOAD_MAX_ATTEMPTS:
                file.fail(NOT_PREPARED, {})
            else:
                work = Preparation(
                    file, delivery, self._readers, self._workplace.folder, self._pause, self._interruptible
                )
                work.run()
        except FileProblem as problem:
            file.fail(problem.code, problem.params)
        except storage.FileGone:
            file.fail(FILE_GONE, {})
        except GiveBack as wish:
            file.give_back()
            queue.set_visibility(delivery, wish.delay)
            return False
        except (ClaimLost, *DATABASE_ERRORS):
            raise  # without the database nothing can be given back: the lease ends
        except Exception as error:
            log.exception("File %s, attempt %s, met a fault", file.pk, file.attempts)
            return self._try_later(file, delivery, error)
        return True

    def _try_later(self, file: PreparedFile, delivery: Delivery, error: Exception) -> bool:
        code = STORAGE_AWAY if isinstance(error, storage.StorageDown) else ""
        if file.attempts >= settings.BULK_UPLOAD_MAX_ATTEMPTS:
            file.fail(code or NOT_PREPARED, {})
            return True
        file.release(code)
        delay = min(FIRST_DELAY * 2 ** (file.attempts - 1), LONGEST_DELAY)
        queue.set_visibility(delivery, round(delay * random.uniform(0.5, 1.5)))  # noqa: S311  # jitter, no secret
        if faults.is_machine_fault(error):
            raise WorkerUnfit(str(error)) from error
        return False

    def _skip(self, file_id: uuid.UUID, delivery: Delivery) -> bool:
        """A message for what has ended or is gone is done with; what another worker makes may come back."""
        file = PreparedFile.objects.filter(pk=file_id).first()
        if file is None or not file.is_unfinished:
            return True
        left = (file.lease_until - database_now()).total_seconds() if file.lease_until else 0.0
        queue.set_visibility(delivery, max(1, round(left + 0.5)))
        return False


class Preparation:
    """Makes one file, and keeps claim and message alive meanwhile."""

    def __init__(
        self,
        file: PreparedFile,
        delivery: Delivery,
        readers: Readers,
        folder: Path,
        pause: Callable[[Work], None],
        interruptible: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.upload = file.upload
        self._file = file
        self._delivery = delivery
        self._readers = readers
        self._folder = folder
        self._pause = pause
        self._interruptible = interruptible
        self._rows = 0
        self._started = self._renewed_at = self._shown_at = time.monotonic()

    def run(self) -> None:
        """Make and store the file.

        Raises `ClaimLost`, `FileProblem`, `storage.FileGone` or `storage.StorageDown`, the database's errors, and
        whatever `pause` raises.
        """
        upload, file = self.upload, self._file
        log.info("File %s of upload %s: attempt %s", file.pk, upload.pk, file.attempts)
        file.begin(standing_errors(upload).values("fila").distinct().count())
        limits = Limits(max_rows=settings.BULK_UPLOAD_MAX_ROWS)
        with (
            self._readers.reader(limits, self._on_wait) as reader,
            tempfile.TemporaryFile(dir=self._folder) as target,
            ExitStack() as stack,
        ):
            with self._interruptible():
                original = stack.enter_context(storage.local_copy(upload, self._folder, on_block=self._on_wait))
            table = reader.rows(original, upload.file_format, registry.get(file.upload.sheet_name).sheet)
            written = write_corrections(upload, table, target, file.language, self._after_batch)
            size = target.tell()
            self._keep(lease() + timedelta(seconds=size / STORING_SPEED))
            key = storage_keys.prepared_key(file.pk, file.claim_number, timezone.now())
            with self._interruptible():
                stored = storage.save(target, key)
        file.ready(s3_key=stored, size=size, rows=written.rows, missing_from=written.missing_from)
        log.info("File %s of upload %s is ready: %s rows, %s bytes", file.pk, upload.pk, written.rows, size)

    def is_longer_than(self, seconds: float) -> bool:
        """Whether it has run for more than `seconds`."""
        return time.monotonic() - self._started > seconds

    def keep(self) -> None:
        """Renew lease and visibility together, well before they end. Raises `ClaimLost`."""
        if time.monotonic() - self._renewed_at >= settings.BULK_UPLOAD_LEASE_SECONDS / 4:
            self._keep(lease())

    def _keep(self, time_left: timedelta) -> None:
        self._file.progress(self._rows, time_left)
        try:
            queue.set_visibility(self._delivery, round(time_left.total_seconds()))
        except queue.QueueFault as error:
            # Whoever gets the message meanwhile finds a live claim and gives it back.
            log.warning("The message of file %s could not be kept: %s", self._file.pk, error)
        self._renewed_at = time.monotonic()

    def _on_wait(self) -> None:
        self._pause(self)
        self.keep()

    def _after_batch(self, rows: int) -> None:
        self._rows = rows
        if time.monotonic() - self._shown_at >= SHOWN_EVERY_SECONDS:
            self._file.progress(rows, lease())
            self._shown_at = time.monotonic()
        self._on_wait()
