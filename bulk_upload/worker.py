"""The consumer: poll, claim, import, acknowledge, stop.

What becomes of an upload and its message is decided in `Worker._attempt`, by the class of the exception:

- done, or cannot be imported (`FileProblem`, `FileGone`): the upload has ended, the message is deleted;
- a passing fault (S3, database, anything unforeseen): the message comes back after a growing delay, and
  at the last attempt the upload fails in words and the message goes to the dead-letter queue;
- the claim was lost: nothing more is written or deleted;
- this worker is to stop: upload and message are given back at once.
"""

from __future__ import annotations

import logging
import random
import signal
import time
import uuid
from enum import Enum
from types import FrameType
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from bulk_upload import progress, queue, snapshots, storage
from bulk_upload.attempt import Attempt
from bulk_upload.models import BulkUpload, ClaimLost, lease
from bulk_upload.problems import FileProblem, Params
from bulk_upload.queue import Delivery
from bulk_upload.reading.files import Readers
from bulk_upload.sweep import Sweeper

log = logging.getLogger(__name__)

# Seconds before a faulty upload is tried again: doubled at each attempt, with jitter.
FIRST_DELAY: Final = 5
LONGEST_DELAY: Final = 300
# Seconds between tries while SQS or the database does not answer.
PAUSE: Final = 2.0

DatabaseAway = (DatabaseError, InterfaceError)


class Stop(Exception):
    """This worker has been told to stop; raised between chunks."""


class Message(Enum):
    """What becomes of a message."""

    DONE = "delete it"
    BURIED = "it is in the dead-letter queue"
    LEFT = "leave it: it was given back, or comes back by itself"


class Worker:
    """One consumer. Knows no command line: see `consume_bulk_uploads`."""

    def __init__(self, *, wait_seconds: int) -> None:
        self._wait_seconds = wait_seconds
        self._stopping = False
        self._busy = False
        self._sweeper = Sweeper()
        self._readers = Readers()

    def run(self, *, max_messages: int | None = None) -> int:
        """Consume until told to stop, or until `max_messages` were handled. Returns how many were."""
        handled = 0
        try:
            while not self._stopping and (max_messages is None or handled < max_messages):
                self._readers.prepare()  # so that no file waits for a reader's start
                handled += self.step()
        finally:
            self._readers.close()
        return handled

    def step(self) -> bool:
        """Wait for one message and deal with it. Returns whether there was one.

        A database or queue that is away is waited for; it never ends the worker.
        """
        try:
            _drop_stale_connections()
            self._sweeper.sweep_if_due()
            delivery = queue.receive(self._wait_seconds)
            if delivery is None:
                return False
            self._busy = True
            self._handle(delivery)
        except (*queue.QueueFault, *DatabaseAway) as error:
            log.warning("SQS or the database does not answer: %s", error)
            time.sleep(PAUSE)
            return False
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

    def _between_chunks(self) -> None:
        if self._stopping:
            raise Stop
        self._sweeper.sweep_if_due()

    # --- One message ---

    def _handle(self, delivery: Delivery) -> None:
        if delivery.task_id is None:
            log.error("Message %s is not ours: to the dead letters: %.200s", delivery.message_id, delivery.body)
            queue.bury(delivery)
            return
        for task_id in _due(delivery.task_id):
            upload = BulkUpload.objects.claim(task_id, lease())
            fate = self._finish(upload, delivery) if upload else self._decline(task_id, delivery)
            if fate is not Message.DONE:
                return
        queue.delete(delivery)

    def _finish(self, upload: BulkUpload, delivery: Delivery) -> Message:
        """Import a claimed upload and decide its message's fate, unless the claim is lost on the way."""
        try:
            return self._attempt(upload, delivery)
        except ClaimLost:
            return self._lost(upload)

    def _attempt(self, upload: BulkUpload, delivery: Delivery) -> Message:
        """The one place where the end of an attempt is decided. Raises `ClaimLost`."""
        try:
            if upload.attempts > settings.BULK_UPLOAD_MAX_ATTEMPTS:
                return self._give_up(upload, delivery)
            Attempt(upload, delivery, self._readers, self._between_chunks).run()
        except FileProblem as problem:
            return self._fail(upload, problem.code, problem.params)
        except storage.FileGone:
            return self._fail(upload, "file_missing", {})
        except Stop:
            upload.release(count_attempt=False)
            queue.set_visibility(delivery, 0)
            return Message.LEFT
        except ClaimLost:
            raise
        except Exception:
            log.exception("Upload %s, attempt %s, met a fault", upload.pk, upload.attempts)
            return self._try_later(upload, delivery)
        return Message.DONE

    def _fail(self, upload: BulkUpload, code: str, params: Params) -> Message:
        log.info("Upload %s cannot be imported: %s %s", upload.pk, code, params)
        upload.fail(code, params)
        progress.put(snapshots.of(upload))
        return Message.DONE

    def _lost(self, upload: BulkUpload) -> Message:
        """Cancelled while we held it: the message is done. In another worker's hands: leave all alone."""
        held = upload.held_claim
        upload.refresh_from_db()
        if upload.is_final and upload.claim_number == held:
            log.info("Upload %s was %s", upload.pk, upload.status)
            return Message.DONE
        log.warning("Upload %s is another worker's now: nothing more is written here", upload.pk)
        return Message.LEFT

    def _try_later(self, upload: BulkUpload, delivery: Delivery) -> Message:
        """After a passing fault: another attempt later, or the end when this was the last one."""
        _drop_stale_connections()
        if upload.attempts >= settings.BULK_UPLOAD_MAX_ATTEMPTS:
            return self._give_up(upload, delivery)
        delay = min(FIRST_DELAY * 2 ** (upload.attempts - 1), LONGEST_DELAY)
        upload.release(count_attempt=True)
        queue.set_visibility(delivery, round(delay * random.uniform(0.5, 1.5)))  # noqa: S311  # jitter, no secret
        return Message.LEFT

    def _give_up(self, upload: BulkUpload, delivery: Delivery) -> Message:
        log.error("Upload %s fails for good after %s attempts", upload.pk, upload.attempts)
        upload.fail("attempts_exhausted", {"intentos": min(upload.attempts, settings.BULK_UPLOAD_MAX_ATTEMPTS)})
        progress.put(snapshots.of(upload))
        if upload.pk != delivery.task_id:
            return Message.DONE  # the message is of a later upload of this supplier
        queue.bury(delivery)
        return Message.BURIED

    def _decline(self, task_id: uuid.UUID, delivery: Delivery) -> Message:
        """A delivery of what is finished, unknown, or in another worker's hands."""
        upload = BulkUpload.objects.filter(pk=task_id).first()
        if upload is None or upload.is_final:
            return Message.DONE
        queue.set_visibility(delivery, settings.BULK_UPLOAD_LEASE_SECONDS)
        return Message.LEFT


def _due(task_id: uuid.UUID) -> list[uuid.UUID]:
    """What a message asks for: its own upload, after any that its supplier sent earlier.

    A FIFO queue keeps the order of messages; one that had to be sent again would stand behind later
    ones, and a newer price list must not be overtaken by an older one.
    """
    upload = BulkUpload.objects.filter(pk=task_id).first()
    if upload is None or upload.is_final or not queue.is_fifo():
        return [task_id]
    return [*BulkUpload.objects.accepted_before(upload).values_list("pk", flat=True), task_id]


def _drop_stale_connections() -> None:
    """What Django does between requests: a command has none, and its connection may have died since."""
    if not connection.in_atomic_block:  # within a transaction it would close a good one
        close_old_connections()
