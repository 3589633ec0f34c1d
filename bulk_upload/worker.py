"""The consumer: poll, claim, import, acknowledge, stop.

What becomes of a message is decided in `Worker._work`, by the class of the exception:

- done, or cannot be imported (`FileProblem`, `FileGone`): the upload has ended, the message is deleted;
- a passing fault (S3, database, anything unforeseen): the message comes back after a growing delay, and
  at the last attempt the upload fails in words and the message goes to the dead-letter queue;
- the claim was lost, or this worker is to stop: the message is given back.
"""

from __future__ import annotations

import logging
import random
import signal
import tempfile
import time
import uuid
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Final

from django.conf import settings
from django.db import close_old_connections

from bulk_upload import intake, progress, queue, snapshots, storage
from bulk_upload.importing.run import import_table
from bulk_upload.models import BulkUpload, ClaimLost, lease
from bulk_upload.problems import FileProblem
from bulk_upload.queue import Delivery
from bulk_upload.reading.files import open_table
from bulk_upload.reading.table import Limits

log = logging.getLogger(__name__)

# Seconds before a faulty upload is tried again: doubled at each attempt, with jitter.
FIRST_DELAY: Final = 5
LONGEST_DELAY: Final = 300
# Seconds between tries while SQS does not answer.
QUEUE_PAUSE: Final = 2.0


class Stop(Exception):
    """This worker has been told to stop; raised between chunks."""


class Worker:
    """One consumer. Knows no command line: see `consume_bulk_uploads`."""

    def __init__(self, *, wait_seconds: int) -> None:
        self._wait_seconds = wait_seconds
        self._stopping = False
        self._busy = False
        self._swept_at = float("-inf")

    def run(self, *, max_messages: int | None = None) -> int:
        """Consume until told to stop, or until `max_messages` were handled. Returns how many were."""
        handled = 0
        while not self._stopping and (max_messages is None or handled < max_messages):
            handled += self.step()
        return handled

    def step(self) -> bool:
        """Wait for one message and deal with it. Returns whether there was one."""
        close_old_connections()
        self._sweep()
        try:
            delivery = queue.receive(self._wait_seconds)
        except queue.QueueFault as error:
            log.warning("SQS does not answer: %s", error)
            time.sleep(QUEUE_PAUSE)
            return False
        if delivery is None:
            return False
        self._busy = True
        try:
            self._handle(delivery)
        finally:
            self._busy = False
        return True

    # --- Signals ---

    def install_signals(self) -> None:
        """SIGTERM and SIGINT: leave at once when idle, after the running chunk when busy, at a second one
        in any case."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._busy and not self._stopping:
            log.info("%s: stopping after this chunk", signal.Signals(number).name)
            self._stopping = True
            return
        raise SystemExit(0)

    # --- One message ---

    def _handle(self, delivery: Delivery) -> None:
        if delivery.task_id is None:
            log.error(
                "Message %s is not ours and goes to the dead-letter queue: %.200s", delivery.message_id, delivery.body
            )
            queue.bury(delivery)
        elif upload := BulkUpload.objects.claim(delivery.task_id, lease()):
            self._work(upload, delivery)
        else:
            self._decline(delivery.task_id, delivery)

    def _work(self, upload: BulkUpload, delivery: Delivery) -> None:
        """Import a claimed upload, and decide what becomes of its message."""
        try:
            self._import(upload, delivery)
            queue.delete(delivery)
        except (FileProblem, storage.FileGone) as error:
            self._fail(upload, error)
            queue.delete(delivery)
        except Stop:
            upload.release(count_attempt=False)
            queue.set_visibility(delivery, 0)
        except ClaimLost:
            log.warning("Upload %s is another worker's now: nothing more is written here", upload.pk)
        except Exception:
            log.exception("Upload %s, attempt %s, met a fault", upload.pk, upload.attempts)
            self._try_later(upload, delivery)

    def _decline(self, task_id: uuid.UUID, delivery: Delivery) -> None:
        """A delivery of what is finished, unknown, or in another worker's hands."""
        upload = BulkUpload.objects.filter(pk=task_id).first()
        if upload is None or upload.is_final:
            queue.delete(delivery)
        else:
            queue.set_visibility(delivery, settings.BULK_UPLOAD_LEASE_SECONDS)

    def _import(self, upload: BulkUpload, delivery: Delivery) -> None:
        log.info("Upload %s: %s from row %s, attempt %s", upload.pk, upload.filename, upload.next_row, upload.attempts)
        keeper = _Keeper(upload, delivery)
        progress.put(snapshots.of(upload))

        def after_chunk() -> None:
            progress.put(snapshots.of(upload))
            keeper.keep()
            if self._stopping:
                raise Stop

        def on_wait() -> None:
            keeper.keep()
            if self._stopping:
                raise Stop

        with tempfile.TemporaryDirectory(dir=settings.BULK_UPLOAD_TEMP_DIR, prefix="bulk-upload-") as folder:
            path = Path(folder, f"file.{upload.file_format}")
            storage.fetch(upload.s3_key, path)
            limits = Limits(max_rows=settings.BULK_UPLOAD_MAX_ROWS)
            with open_table(path, upload.file_format, limits, on_wait) as table:
                import_table(upload, table, chunk_rows=settings.BULK_UPLOAD_CHUNK_ROWS, after_chunk=after_chunk)
        upload.complete()
        progress.put(snapshots.of(upload))
        log.info("Upload %s is complete: %s of %s rows landed", upload.pk, upload.exitosos, upload.total)

    def _fail(self, upload: BulkUpload, error: FileProblem | storage.FileGone) -> None:
        code, params = (error.code, error.params) if isinstance(error, FileProblem) else ("file_missing", {})
        log.info("Upload %s cannot be imported: %s %s", upload.pk, code, params)
        upload.fail(code, params)
        progress.put(snapshots.of(upload))

    def _try_later(self, upload: BulkUpload, delivery: Delivery) -> None:
        """After a passing fault: another attempt later, or the end when this was the last one."""
        close_old_connections()
        if upload.attempts >= settings.BULK_UPLOAD_MAX_ATTEMPTS:
            upload.fail("attempts_exhausted", {"intentos": upload.attempts})
            progress.put(snapshots.of(upload))
            queue.bury(delivery)
            return
        delay = min(FIRST_DELAY * 2 ** (upload.attempts - 1), LONGEST_DELAY)
        upload.release(count_attempt=True)
        queue.set_visibility(delivery, round(delay * random.uniform(0.5, 1.5)))  # noqa: S311  # jitter, no secret

    # --- The sweep ---

    def _sweep(self) -> None:
        """Now and then, publish the uploads whose message was never sent."""
        if time.monotonic() - self._swept_at < settings.BULK_UPLOAD_SWEEP_SECONDS:
            return
        self._swept_at = time.monotonic()
        grace = timedelta(seconds=settings.BULK_UPLOAD_SWEEP_SECONDS)
        for upload in BulkUpload.objects.never_published(grace).order_by("created_at")[:100]:
            if not intake.publish(upload):
                return
            log.info("Upload %s had waited to be published", upload.pk)


class _Keeper:
    """Renews an upload's lease and its message's visibility while there is work, well before they end."""

    def __init__(self, upload: BulkUpload, delivery: Delivery) -> None:
        self._upload = upload
        self._delivery = delivery
        self._renewed_at = time.monotonic()

    def keep(self) -> None:
        """Renew both if a third of the lease has passed. Raises `ClaimLost`."""
        if time.monotonic() - self._renewed_at < settings.BULK_UPLOAD_LEASE_SECONDS / 3:
            return
        self._upload.renew(lease())
        queue.set_visibility(self._delivery, settings.BULK_UPLOAD_LEASE_SECONDS)
        self._renewed_at = time.monotonic()
