"""What a worker does with one message: claim its upload, import it, acknowledge.

What becomes of an upload and its message is decided in `DeliveryHandler._attempt`, by the class of the exception:

- done, or cannot be imported (`FileProblem`, `FileGone`): the upload has ended, the message is deleted;
- a passing fault (S3, database, this machine): the message comes back after a growing delay, for up to
  `BULK_UPLOAD_GIVE_UP_SECONDS` without progress;
- anything unforeseen, or a reader killed from outside: as before, but it counts as an attempt, and after the last
  one the upload fails in words and the message goes to the dead-letter queue;
- the claim was lost: nothing more is written or deleted;
- `GiveBack`: upload and message are given back, as after no attempt at all.

A message that a newer release published is given back for a while: see `_skip_newer`.
"""

from __future__ import annotations

import time
import uuid
from enum import Enum
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload import queue, snapshots, storage
from bulk_upload.consuming import redelivery_delay, transient_errors
from bulk_upload.consuming.import_attempt import Attempt, attempt_at
from bulk_upload.consuming.lease_renewal import WorkerContext
from bulk_upload.log_fields import of_upload
from bulk_upload.models import BulkUpload, ClaimLost, lease
from bulk_upload.queue import Delivery
from bulk_upload.reading.child_process import ReaderKilled
from bulk_upload.sheet.bilingual_text import Params
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.upload_end import report_end
from medisupply.metrics.declared import CLAIMS_LOST, RETRIES

log = get_logger(__name__)

# A reader may be killed by a system that ran out of memory for another process's sake; twice is no accident.
READER_KILLS: Final = 2
# Deliveries of a message whose upload the database does not know, or whose version this release does not, and seconds
# between them: a database that was restored, or a standby that lags, may know it soon; a newer worker may take it.
UNKNOWN_DELIVERIES: Final = 5
UNKNOWN_DELAY: Final = 60
# Seconds between tries while the database does not answer.
DATABASE_PAUSE: Final = 2.0

DATABASE_ERRORS: Final = (DatabaseError, InterfaceError)


class GiveBack(BaseException):
    """The attempt is to end and the upload to go on later, by this worker or another one.

    No `Exception`: it is raised from signal handlers too, and no library may take it for a fault.
    """

    def __init__(self, delay: int = 0) -> None:
        super().__init__(delay)
        self.delay = delay


class WorkerUnfit(Exception):
    """This machine's disk or memory is at fault: its worker must take no more messages."""


class Outcome(Enum):
    """What becomes of a message."""

    DONE = "delete it"
    DEAD = "it is in the dead-letter queue"
    LEFT = "leave it: it was given back, or comes back by itself"


class DeliveryHandler:
    """Handles messages of uploads, one at a time."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context

    def handle(self, delivery: Delivery) -> None:
        """Deal with one message. Raises the faults of SQS and of the database, and `WorkerUnfit`."""
        if delivery.is_newer:
            self._skip_newer(delivery)
            return
        if delivery.task_id is None:
            log.error("The message is not ours: to the dead letters", bytes=len(delivery.body))
            queue.to_dead_letters(delivery)
            return
        for task_id in due(delivery.task_id):
            with bound_contextvars(task_id=str(task_id)):
                upload = BulkUpload.objects.claim(task_id, lease())
                outcome = self._finish(upload, delivery) if upload else self._skip(task_id, delivery)
            if outcome is not Outcome.DONE:
                return
        queue.delete(delivery)

    def _finish(self, upload: BulkUpload, delivery: Delivery) -> Outcome:
        """Import a claimed upload and decide its message's outcome, unless the claim is lost on the way."""
        with bound_contextvars(**of_upload(upload), attempt=upload.claim_number):
            try:
                return self._attempt(attempt_at(upload, delivery, self._context), delivery)
            except ClaimLost:
                return self._lost(upload)

    def _attempt(self, attempt: Attempt, delivery: Delivery) -> Outcome:
        """The one place where the end of an attempt is decided. Raises `ClaimLost`."""
        upload = attempt.upload
        try:
            if upload.attempts > settings.BULK_UPLOAD_MAX_ATTEMPTS:
                return self._give_up(attempt, delivery)
            attempt.run()
        except FileProblem as problem:
            self._fail(attempt, problem.code, problem.params)
        except storage.FileGone:
            self._fail(attempt, "file_missing", {})
        except GiveBack as wish:
            upload.give_back()
            queue.set_visibility(delivery, wish.delay)
            return Outcome.LEFT
        except ClaimLost:
            raise
        except Exception as error:
            log.exception("The upload met a fault")
            return self._try_later(attempt, delivery, error)
        else:
            report_end(upload, attempt.clock.times)
        return Outcome.DONE

    def _fail(self, attempt: Attempt, code: str, params: Params) -> None:
        attempt.upload.fail(code, params)
        report_end(attempt.upload, attempt.clock.times)
        snapshots.show(attempt.upload)

    def _lost(self, upload: BulkUpload) -> Outcome:
        """Cancelled while we held it: the message is done. In another worker's hands: leave all alone."""
        now = BulkUpload.objects.filter(pk=upload.pk).first()
        if now is not None and now.is_final and now.claim_number == upload.held_claim:
            log.info("The upload ended meanwhile: nothing more is written here", status=now.status)
            return Outcome.DONE
        log.warning("The upload is another worker's now: nothing more is written here")
        CLAIMS_LOST.add()
        return Outcome.LEFT

    def _try_later(self, attempt: Attempt, delivery: Delivery, error: Exception) -> Outcome:
        """After a fault: another attempt later, or the end when there will be none."""
        upload = attempt.upload
        is_unfit = transient_errors.is_machine_fault(error)
        self._await_database(upload)
        if isinstance(error, ReaderKilled):
            is_last = upload.reader_kills + 1 >= READER_KILLS
            release = upload.release_after_reader_kill
        elif is_unfit or transient_errors.is_transient(error):
            is_last = upload.is_faulty_for(settings.BULK_UPLOAD_GIVE_UP_SECONDS)
            release = upload.release_after_fault
        else:
            is_last = upload.attempts >= settings.BULK_UPLOAD_MAX_ATTEMPTS
            release = upload.release
        if is_last:
            return self._give_up(attempt, delivery)
        earlier = upload.faults + upload.attempts - 1
        release()
        RETRIES.add(transient_errors.fault_kind(error))
        redelivery_delay.after_fault(delivery, earlier)
        if is_unfit:
            raise WorkerUnfit(str(error)) from error
        return Outcome.LEFT

    def _await_database(self, upload: BulkUpload) -> None:
        """Wait until the database answers: without it this worker can neither import nor give anything back.

        Raises `ClaimLost` when the database that answers does not know the upload any more.
        """
        with self._context.interruptible():
            while True:
                try:
                    drop_stale_connections()
                    upload.refresh_from_db()
                    return
                except BulkUpload.DoesNotExist as gone:
                    raise ClaimLost(str(upload.pk)) from gone
                except DATABASE_ERRORS as away:
                    log.warning("Waiting for the database", error=away)
                    time.sleep(DATABASE_PAUSE)

    def _give_up(self, attempt: Attempt, delivery: Delivery) -> Outcome:
        upload = attempt.upload
        attempts = min(upload.attempts, settings.BULK_UPLOAD_MAX_ATTEMPTS) + upload.faults + upload.reader_kills
        log.error("The upload fails for good", attempts=attempts)
        self._fail(attempt, "attempts_exhausted", {"intentos": attempts})
        if upload.pk != delivery.task_id:
            return Outcome.DONE  # the message is of a later upload of this supplier
        queue.to_dead_letters(delivery)
        return Outcome.DEAD

    def _skip(self, task_id: uuid.UUID, delivery: Delivery) -> Outcome:
        """A delivery of what is finished, unknown, or in another worker's hands."""
        upload = BulkUpload.objects.filter(pk=task_id).first()
        if upload is None:
            return self._skip_unknown(delivery)
        if upload.is_final:
            snapshots.show(upload)  # its worker may have been killed before it could
            return Outcome.DONE
        redelivery_delay.after_lease(delivery, upload.lease_until)
        return Outcome.LEFT

    def _skip_unknown(self, delivery: Delivery) -> Outcome:
        if delivery.receives < UNKNOWN_DELIVERIES:
            log.error("The database knows no such upload: its message is given back", receives=delivery.receives)
            queue.set_visibility(delivery, UNKNOWN_DELAY)
            return Outcome.LEFT
        log.error("The database knows no such upload: its message goes to the dead letters")
        queue.to_dead_letters(delivery)
        return Outcome.DEAD

    def _skip_newer(self, delivery: Delivery) -> None:
        """Leave the message to a newer worker, but not for ever: in a FIFO queue its supplier's uploads wait behind it.

        Once it has left the queue, the sweep publishes its upload again, in the version of this release.
        """
        if delivery.receives < UNKNOWN_DELIVERIES:
            log.warning("A newer release has published the message: it is given back", receives=delivery.receives)
            queue.set_visibility(delivery, UNKNOWN_DELAY)
            return
        log.error("A newer release has published the message, and none takes it: to the dead letters")
        queue.to_dead_letters(delivery)


def due(task_id: uuid.UUID) -> list[uuid.UUID]:
    """What a message asks for: its own upload, after any that its supplier sent earlier.

    A FIFO queue keeps the order of messages; one that had to be sent again would stand behind later
    ones, and a newer price list must not be overtaken by an older one.
    """
    upload = BulkUpload.objects.filter(pk=task_id).first()
    if upload is None or upload.is_final or not queue.is_fifo():
        return [task_id]
    return [*BulkUpload.objects.accepted_before(upload).values_list("pk", flat=True), task_id]


def drop_stale_connections() -> None:
    """What Django does between requests: a command has none, and its connection may have died since."""
    if not connection.in_atomic_block:  # within a transaction it would close a good one
        close_old_connections()
