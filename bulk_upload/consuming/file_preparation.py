"""What a worker does with a message that asks for a file of an upload: make it, store it, acknowledge.

A fault is tried again after a growing delay, up to `BULK_UPLOAD_MAX_ATTEMPTS` times: the person who wants the file
asks again later. A worker that is told to stop gives the file back between two blocks of rows.
"""

from __future__ import annotations

import tempfile
import time
import uuid
from contextlib import ExitStack
from datetime import timedelta
from typing import IO, Final

from django.conf import settings
from django.utils import timezone
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload import queue, storage, storage_keys
from bulk_upload.checking.tables import Limits, RowTable
from bulk_upload.consuming import redelivery_delay, transient_errors
from bulk_upload.consuming.lease_renewal import ClaimedWork, WorkerContext
from bulk_upload.consuming.message_handler import DATABASE_ERRORS, GiveBack, WorkerUnfit
from bulk_upload.imports import registry
from bulk_upload.log_fields import of_file
from bulk_upload.mending.rejected_rows import write_rejected_rows
from bulk_upload.models import ClaimLost, FileKind, PreparedFile, lease
from bulk_upload.queue import Delivery
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.workbooks.corrections import Written, standing_errors, write_corrections
from bulk_upload.workbooks.prepared_files import FILE_GONE, NOT_PREPARED, STORAGE_AWAY
from medisupply.metrics.declared import CLAIMS_LOST, RETRIES

log = get_logger(__name__)

# Seconds between two records of how far a file is.
SHOWN_EVERY_SECONDS: Final = 1.0
# Bytes per second with which a file goes into the store, at least: nothing is renewed meanwhile.
STORING_SPEED: Final = 1_000_000


class FileHandler:
    """Handles messages that ask for files, one at a time."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context

    def handle(self, delivery: Delivery) -> None:
        """Deal with one message. Raises the faults of SQS and of the database, and `WorkerUnfit`."""
        if delivery.file_id is None:
            raise ValueError(f"message {delivery.message_id} asks for no file")
        with bound_contextvars(file_id=str(delivery.file_id), task_id=str(delivery.task_id)):
            file = PreparedFile.objects.claim(delivery.file_id, lease())
            try:
                is_done = self._finish(file, delivery) if file else self._skip(delivery.file_id, delivery)
            except ClaimLost:
                # Removed together with its upload, or another worker's now.
                is_done = not PreparedFile.objects.filter(pk=delivery.file_id).exists()
                if not is_done:
                    CLAIMS_LOST.add()
            if is_done:
                queue.delete(delivery)

    def _finish(self, file: PreparedFile, delivery: Delivery) -> bool:
        with bound_contextvars(**of_file(file), attempt=file.claim_number):
            return self._attempt(file, delivery)

    def _attempt(self, file: PreparedFile, delivery: Delivery) -> bool:
        """Make the file; returns whether the message is done with. Raises `ClaimLost`."""
        try:
            if file.attempts > settings.BULK_UPLOAD_MAX_ATTEMPTS:
                file.fail(NOT_PREPARED, {})
            elif file.upload.file_purged_at or file.upload.errors_purged_at:
                file.fail(FILE_GONE, {})  # purged in the moment in which it was asked for
            else:
                Preparation(file, delivery, self._context).run()
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
            log.exception("The file to correct met a fault")
            return self._try_later(file, delivery, error)
        return True

    def _try_later(self, file: PreparedFile, delivery: Delivery, error: Exception) -> bool:
        code = STORAGE_AWAY if isinstance(error, storage.StorageDown) else ""
        if file.attempts >= settings.BULK_UPLOAD_MAX_ATTEMPTS:
            file.fail(code or NOT_PREPARED, {})
            return True
        file.release(code)
        RETRIES.add(transient_errors.fault_kind(error))
        redelivery_delay.after_fault(delivery, file.attempts - 1)
        if transient_errors.is_machine_fault(error):
            raise WorkerUnfit(str(error)) from error
        return False

    def _skip(self, file_id: uuid.UUID, delivery: Delivery) -> bool:
        """A message for what has ended or is gone is done with; what another worker makes may come back."""
        file = PreparedFile.objects.filter(pk=file_id).first()
        if file is None or not file.is_unfinished:
            return True
        redelivery_delay.after_lease(delivery, file.lease_until)
        return False


class Preparation(ClaimedWork):
    """Makes one file."""

    def __init__(self, file: PreparedFile, delivery: Delivery, context: WorkerContext) -> None:
        super().__init__(file.upload, delivery, context)
        self._file = file
        self._rows = 0
        self._shown_at = self._started

    def run(self) -> None:
        """Make and store the file.

        Raises `ClaimLost`, `FileProblem`, `storage.FileGone` or `storage.StorageDown`, the database's errors, and
        whatever `pause` raises.
        """
        upload, file = self.upload, self._file
        log.info("The file to correct is begun")
        file.begin(standing_errors(upload).values("fila").distinct().count())
        limits = Limits(max_rows=settings.BULK_UPLOAD_MAX_ROWS)
        with (
            self._context.readers.reader(limits, self._on_wait) as reader,
            tempfile.TemporaryFile(dir=self._context.workplace.folder) as target,
            ExitStack() as stack,
        ):
            sheet = registry.get(upload.sheet_name).sheet
            table = reader.rows(self._original(stack), upload.file_format, sheet, upload.sheet_mapping)
            written = self._write(table, target)
            size = target.tell()
            self._renew(lease() + timedelta(seconds=size / STORING_SPEED))
            key = storage_keys.prepared_key(file.pk, file.claim_number, timezone.now(), FileKind(file.kind).ending)
            with self._context.interruptible():
                stored = storage.save(target, key)
        file.ready(s3_key=stored, size=size, rows=written.rows, missing_from=written.missing_from)
        log.info("The file to correct is ready", rows=written.rows, bytes=size)

    def _write(self, table: RowTable, target: IO[bytes]) -> Written:
        if self._file.kind == FileKind.ROWS:
            return write_rejected_rows(self.upload, table, target, self._after_batch)
        return write_corrections(self.upload, table, target, self._file.language, self._after_batch)

    def _renew_claim(self, time_left: timedelta) -> None:
        self._file.progress(self._rows, time_left)

    def _after_batch(self, rows: int) -> None:
        self._rows = rows
        if time.monotonic() - self._shown_at >= SHOWN_EVERY_SECONDS:
            self._file.progress(rows, lease())
            self._shown_at = time.monotonic()
        self._on_wait()
