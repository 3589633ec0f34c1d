"""A worker's sign of life in the database, for `/health/ready` and for operators."""

from __future__ import annotations

import os
import socket
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Final

from django.db import DatabaseError, InterfaceError

from bulk_upload.models import WorkerHeartbeat
from medisupply.backends.database import database_now

EVERY_SECONDS: Final = 10.0
# Heartbeats of workers that were killed are kept for so long.
KEPT: Final = timedelta(days=1)


class Heartbeat:
    """Of one worker. Its row is written every `EVERY_SECONDS` at most, and removed when the worker leaves."""

    def __init__(self) -> None:
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._row: WorkerHeartbeat | None = None
        self._beat_at = float("-inf")

    def beat(self, task_id: uuid.UUID | None = None) -> None:
        """Write that the worker lives, and which upload it imports; not within a transaction.

        Raises `DatabaseError`.
        """
        if self._row is not None and time.monotonic() - self._beat_at < EVERY_SECONDS:
            return
        now = database_now()
        if self._row is None:
            WorkerHeartbeat.objects.filter(seen_at__lt=now - KEPT).delete()
            self._row = WorkerHeartbeat(name=self._name, started_at=now)
        self._row.seen_at, self._row.task_id = now, task_id
        self._row.save()
        self._beat_at = time.monotonic()

    def end(self) -> None:
        """Remove the row; where the database is away it is removed a day later."""
        with suppress(DatabaseError, InterfaceError):
            WorkerHeartbeat.objects.filter(name=self._name).delete()
