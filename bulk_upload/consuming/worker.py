"""The consumer: polls the queue, keeps short files from waiting for long ones, stops when it is told to.

What becomes of each message is decided in `bulk_upload.consuming.message_handler`.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string
from structlog.stdlib import get_logger

from bulk_upload import queue
from bulk_upload.consuming.file_preparation import FileHandler
from bulk_upload.consuming.heartbeats import Heartbeat
from bulk_upload.consuming.lease_renewal import ClaimedWork, WorkerContext
from bulk_upload.consuming.message_handler import (
    DATABASE_ERRORS,
    DeliveryHandler,
    GiveBack,
    WorkerUnfit,
    drop_stale_connections,
    due,
)
from bulk_upload.consuming.previews import Previews
from bulk_upload.consuming.sweep import Sweeper
from bulk_upload.consuming.temporary_folder import Workplace, has_room, remove_leftovers
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, ClaimLost, PreparedFile
from bulk_upload.queue import Delivery
from bulk_upload.reading.files import Readers
from medisupply.logs import context as log_context

log = get_logger(__name__)

# Seconds between tries while SQS, the database or this machine's disk is at fault.
PAUSE: Final = 2.0
# Exit status of a worker whose machine is at fault: EX_TEMPFAIL of <sysexits.h>.
UNFIT: Final = 75
# An import that has run for so many seconds lets others' short files go first, looked for so often.
LONG_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.5
# Seconds of other work before a long import goes on, and those that one file may take of them.
OTHERS_SECONDS: Final = 5.0
# Seconds without a message after which a worker takes time for idle tasks: files often come one after another.
IDLE_SECONDS: Final = 2
# A long file that comes in between is given back for so many seconds.
LATER_SECONDS: Final = 10


class Worker:
    """One consumer. Knows no command line: see `consume_bulk_uploads`."""

    def __init__(self, *, wait_seconds: int) -> None:
        self._wait_seconds = wait_seconds
        self._stopping = False
        self._busy = False
        self._interruptible = False
        # What the process should exit with after `run`.
        self.exit_status = 0
        self._sweeper = Sweeper()
        self._readers = Readers(registry.modules())
        self._idle_tasks = [import_string(name) for name in settings.BULK_UPLOAD_IDLE_TASKS]
        self._workplace = Workplace()
        self._heartbeat = Heartbeat()
        self._context = WorkerContext(self._readers, self._workplace, self._pause, self._interruption)
        self.previews = Previews(self._readers, self._workplace)
        self._handler = DeliveryHandler(self._context)
        self._file_handler = FileHandler(self._context)
        # The long work that waits while a short one is being handled.
        self._outer: ClaimedWork | None = None
        self._looked_at = 0.0
        # Whether an idle task has just found something to do.
        self._did_idle_work = False

    def answer_previews(self) -> None:
        """From now on, say how files are understood, on a thread of its own."""
        self._readers.prepare()  # on this thread, which outlives it
        self.previews.start()

    def run(self, *, max_messages: int | None = None, once: bool = False) -> int:
        """Consume until told to stop, or until `max_messages` were handled, or `once`. Returns how many were."""
        handled = 0
        remove_leftovers()
        try:
            while not self._stopping and (max_messages is None or handled < max_messages):
                self._readers.prepare()
                handled += self.step()
                if once:
                    break
        finally:
            self.close()
        return handled

    def close(self) -> None:
        """End the readers, and remove the folder and the heartbeat."""
        self.previews.stop()
        self._readers.close()
        self._workplace.close()
        self._heartbeat.end()

    def step(self) -> bool:
        """Wait for one message and deal with it. Returns whether there was one.

        A database, queue or disk that is at fault is waited for; while the disk has no room no message is taken.
        """
        if not has_room():
            time.sleep(PAUSE)
            return False
        try:
            drop_stale_connections()
            self._heartbeat.beat()
            self._sweeper.sweep_if_due()
            delivery = self._next_delivery()
            if delivery is None:
                return False
            self._busy = True
            self._handle(delivery)
        except GiveBack:
            return False  # told to stop while the database was away: the lease will end
        except WorkerUnfit as error:
            log.critical("This worker leaves, since its machine is at fault", error=error)
            self._stopping, self.exit_status = True, UNFIT
        except (*queue.QueueFault, *DATABASE_ERRORS) as error:
            log.warning("SQS or the database does not answer", error=error)
            time.sleep(PAUSE)
            return False
        finally:
            self._busy = False
        return True

    def _next_delivery(self) -> Delivery | None:
        """The next message. When none has come for a while, the idle tasks get a turn."""
        delivery = queue.receive(0 if self._did_idle_work else min(IDLE_SECONDS, self._wait_seconds))
        self._did_idle_work = delivery is None and sum(task() for task in self._idle_tasks) > 0
        if delivery or self._did_idle_work:
            return delivery
        return queue.receive(max(0, self._wait_seconds - IDLE_SECONDS))

    def _handle(self, delivery: Delivery) -> None:
        with log_context.only(message_id=delivery.message_id):
            (self._file_handler if delivery.file_id else self._handler).handle(delivery)

    # --- Signals ---

    def install_signals(self) -> None:
        """SIGTERM and SIGINT: leave at once when idle, after the running chunk when busy, at a second one
        in any case."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._busy or self._stopping:
            raise SystemExit(0)
        log.info("Stopping after this chunk", signal=signal.Signals(number).name)
        self._stopping = True
        if self._interruptible:
            raise GiveBack

    @contextmanager
    def _interruption(self, allowed: bool = True) -> Iterator[None]:
        """Within this block a signal ends the attempt at once, since nothing is being written (or does not)."""
        if self._stopping and allowed:
            raise GiveBack
        before, self._interruptible = self._interruptible, allowed
        try:
            yield
        finally:
            self._interruptible = before

    # --- Between chunks ---

    def _pause(self, attempt: ClaimedWork) -> None:
        """What running work allows, between two transactions: to be stopped, swept by, and overtaken."""
        if self._stopping:
            raise GiveBack
        self._heartbeat.beat(attempt.upload.pk)
        if self._outer is not None:
            self._keep_outer(self._outer)
            if attempt.is_longer_than(OTHERS_SECONDS):
                raise GiveBack(LATER_SECONDS)  # not as short as it looked
            return
        self._sweeper.publish_if_due()
        if attempt.is_longer_than(LONG_SECONDS) and time.monotonic() - self._looked_at >= LOOK_SECONDS:
            self._serve_short_ones(attempt)
            self._looked_at = time.monotonic()

    def _serve_short_ones(self, attempt: ClaimedWork) -> None:
        """Do other suppliers' short work while `attempt` waits where it is; its claim is kept.

        Raises `ClaimLost` when that fails, and `GiveBack` when this worker was told to stop meanwhile.
        """
        ends = time.monotonic() + OTHERS_SECONDS
        while time.monotonic() < ends and _short_ones_wait(attempt.upload):
            try:
                delivery = queue.receive(0)
            except queue.QueueFault as error:
                log.warning("SQS does not answer", error=error)
                return
            if delivery is None:
                return
            self._outer = attempt
            try:
                with self._interruption(allowed=False):
                    self._handle_if_short(delivery)
            finally:
                self._outer = None
            if self._stopping:
                raise GiveBack
            attempt.keep()

    def _keep_outer(self, outer: ClaimedWork) -> None:
        try:
            outer.keep()
        except ClaimLost:
            raise GiveBack from None  # it finds out by itself; this one is given back

    def _handle_if_short(self, delivery: Delivery) -> None:
        named = [] if delivery.task_id is None else [delivery.task_id] if delivery.file_id else due(delivery.task_id)
        uploads = BulkUpload.objects.filter(pk__in=named)
        if all(upload.size <= settings.BULK_UPLOAD_SHORT_BYTES for upload in uploads):
            self._handle(delivery)
        else:
            queue.set_visibility(delivery, LATER_SECONDS)


def _short_ones_wait(beside: BulkUpload) -> bool:
    """Whether another supplier's short upload waits, or a file that is quickly made."""
    return BulkUpload.objects.short_ones_wait(beside) or PreparedFile.objects.short_ones_wait()
