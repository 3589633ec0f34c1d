"""Record an accepted upload, also when the connection breaks while the database commits.

Then nobody knows whether the row exists, and a look for it may come too early: the server may still be
committing. So the same row is inserted again on a new connection. Its primary key makes that safe, for the
database itself waits for a transaction that holds the same key.
"""

from __future__ import annotations

import time
import uuid
from typing import Any, Final

from django.db import IntegrityError, OperationalError, connection, transaction
from structlog.stdlib import get_logger

from bulk_upload.models import BulkUpload
from medisupply.backends.database import DATABASE_AWAY

log = get_logger(__name__)

# Seconds for which new connections are tried.
PATIENCE_SECONDS: Final = 5.0
PAUSE_SECONDS: Final = 0.2
# How long the row waits for a transaction of which only the server knows that its client is gone.
LOCK_TIMEOUT: Final = "3s"


class InDoubt(OperationalError):
    """Whether the row was recorded is not known: the database does not answer."""


def record(task_id: uuid.UUID, **fields: Any) -> BulkUpload:
    """Insert the upload and commit.

    Raises `InDoubt`, or another error of the database, after which the row surely does not exist.
    """
    try:
        return _insert(task_id, **fields)
    except DATABASE_AWAY as error:
        log.warning("The upload may or may not be recorded", error=error)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        connection.close()
        try:
            return _insert_or_find(task_id, **fields)
        except DATABASE_AWAY as error:
            if time.monotonic() >= deadline:
                raise InDoubt(str(task_id)) from error
        time.sleep(PAUSE_SECONDS)


def _insert(task_id: uuid.UUID, **fields: Any) -> BulkUpload:
    with transaction.atomic():
        return BulkUpload.objects.create(task_id=task_id, **fields)


def _insert_or_find(task_id: uuid.UUID, **fields: Any) -> BulkUpload:
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
            return BulkUpload.objects.create(task_id=task_id, **fields)
    except IntegrityError:
        if recorded := BulkUpload.objects.filter(pk=task_id).first():
            return recorded
        raise
