"""How often a transaction is repeated that the database ended so that another one could go on, and when."""

from __future__ import annotations

import random
import time
from typing import Final

from django.db import OperationalError

REPEATS: Final = 5
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available (Appendix A of its manual).
REPEATABLE_STATES: Final = frozenset(["40001", "40P01", "55P03"])


def is_repeatable(error: Exception) -> bool:
    """Whether the same transaction may succeed a moment later."""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in REPEATABLE_STATES or "database is locked" in str(error)


def pause(attempt: int) -> None:
    """After the failed `attempt`, counted from 1: longer each time, with jitter."""
    time.sleep(random.uniform(0.05, 0.2) * attempt)  # noqa: S311  # jitter, no secret
