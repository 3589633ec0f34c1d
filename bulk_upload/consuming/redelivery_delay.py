"""When a message that is not done with comes back."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Final

from bulk_upload import queue
from bulk_upload.queue import Delivery
from medisupply.backends.database import database_now

# Seconds before work that met a fault is tried again: doubled at each fault, with jitter.
FIRST_DELAY: Final = 5
LONGEST_DELAY: Final = 600


def after_fault(delivery: Delivery, earlier: int) -> None:
    """Let the message come back after a delay that grows with the `earlier` faults."""
    delay = min(FIRST_DELAY * 2 ** min(earlier, 10), LONGEST_DELAY)
    queue.set_visibility(delivery, round(delay * random.uniform(0.5, 1.5)))  # noqa: S311  # jitter, no secret


def after_lease(delivery: Delivery, lease_until: datetime | None) -> None:
    """Let the message come back when the claim of another worker may have ended."""
    left = (lease_until - database_now()).total_seconds() if lease_until else 0.0
    queue.set_visibility(delivery, max(1, round(left + 0.5)))
