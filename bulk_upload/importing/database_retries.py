"""The transaction of a chunk: repeated when the database ended it so that another one could go on, and limited."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import OperationalError, connection, transaction
from structlog.stdlib import get_logger

from bulk_upload.models import BulkUpload, ClaimLost, lease

log = get_logger(__name__)

Result = TypeVar("Result")

REPEATS: Final = 5
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available (Appendix A of its manual).
REPEATABLE_STATES: Final = frozenset(["40001", "40P01", "55P03"])
# How long a statement may take, in leases: a wait for a lock (`lock_timeout`: one lease) ends before it.
STATEMENT_LEASES: Final = 1.25


def repeated(upload: BulkUpload, run: Callable[[], Result]) -> Result:
    """Do `run` in a transaction, again when the database asks for it. Whatever is raised, nothing was committed."""
    attempt = 0
    while True:
        attempt += 1
        try:
            with transaction.atomic():
                _set_up_transaction()
                return run()
        except ClaimLost:
            raise
        except Exception as error:
            upload.refresh_from_db()  # a rollback does not reach the instance
            if attempt == REPEATS or not is_repeatable(error):
                raise
            log.info("The chunk is repeated", next_row=upload.next_row, error=error)
            pause(attempt)


def is_repeatable(error: Exception) -> bool:
    """Whether the same transaction may succeed a moment later."""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in REPEATABLE_STATES or "database is locked" in str(error)


def pause(attempt: int) -> None:
    """After the failed `attempt`, counted from 1: longer each time, with jitter."""
    time.sleep(random.uniform(0.05, 0.2) * attempt)  # noqa: S311  # jitter, no secret


def _set_up_transaction() -> None:
    """A statement that outlasts the claim is of no use. See the settings for the other limits.

    The commit does not wait for the disk. Rows and checkpoint are one transaction, so a server that crashes loses both,
    and the import goes on from the chunk before. What follows (the end, an upload given back, what a person changes)
    does wait, and PostgreSQL writes commits in their order: nobody is told of an end that could still be lost.
    """
    if connection.vendor == "postgresql":
        limit = round(lease().total_seconds() * STATEMENT_LEASES * 1000)
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {limit}; SET LOCAL synchronous_commit = off")
