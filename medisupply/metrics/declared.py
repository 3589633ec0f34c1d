"""Every metric of the system. The page docs/operacion.md has them in a table, which a test holds against this file."""

from __future__ import annotations

from typing import Final

from medisupply.metrics.metric_types import NONE_KNOWN, Count, Durations, Metric, Reading

STATES: Final = ("pending", "processing", "completed", "failed", "cancelled")
PARTS: Final = ("database", "cache", "queue")
OPERATIONS: Final = ("import", "plan", "apply", "undo")
ENDS: Final = (("completed", "none"), ("cancelled", "none"), ("failed", "file"), ("failed", "system"))
OUTCOMES: Final = ("created", "updated", "unchanged", "rejected")

# --- Read from database and queue, by the web, whichever of its processes is asked ---

UPLOADS: Final = Reading(
    "medisupply_uploads",
    "Uploads: all that have not ended, and those accepted in the last 24 hours that have.",
    ("state",),
    tuple((state,) for state in STATES),
)
OLDEST_WAITING: Final = Reading(
    "medisupply_oldest_waiting_seconds", "For how long an upload has waited for a worker at most; 0 when none waits."
)
WORKERS: Final = Reading("medisupply_workers", "Workers that were seen in the last 30 seconds.")
QUEUE_MESSAGES: Final = Reading(
    "medisupply_queue_messages", "About how many messages the queue holds, those in a worker's hands included."
)
DEAD_LETTERS: Final = Reading("medisupply_dead_letters", "About how many messages the dead-letter queue holds.")
SCRAPE_ERROR: Final = Reading(
    "medisupply_scrape_error",
    "1 when a part did not answer in time: its figures are missing.",
    ("part",),
    tuple((part,) for part in PARTS),
)

READ: Final[tuple[Reading, ...]] = (UPLOADS, OLDEST_WAITING, WORKERS, QUEUE_MESSAGES, DEAD_LETTERS, SCRAPE_ERROR)

# --- Counted by the processes that do it ---

UPLOADS_ENDED: Final = Count(
    "medisupply_uploads_ended",
    "Uploads that ended. A failed one did so because of its file or of the system.",
    ("operation", "state", "cause"),
    tuple((operation, *end) for operation in OPERATIONS for end in ENDS),
)
ROWS: Final = Count(
    "medisupply_rows",
    "Rows that committed chunks dealt with; a plan's are what it would do. An undo restores, removes or keeps them.",
    ("operation", "outcome"),
    (
        *((operation, outcome) for operation in OPERATIONS[:3] for outcome in OUTCOMES),
        *(("undo", outcome) for outcome in ("restored", "removed", "kept")),
    ),
)
STAGE_SECONDS: Final = Durations(
    "medisupply_stage_seconds",
    "Seconds that the last attempt at an upload spent in a stage.",
    ("stage",),
    (("fetch",), ("read",), ("match",), ("write",)),
    (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600),
)
CLAIMS_LOST: Final = Count("medisupply_claims_lost", "Uploads and files that another worker took from this one.")
RETRIES: Final = Count(
    "medisupply_retries",
    "Attempts that ended in a fault and are made again later.",
    ("fault",),
    (("passing",), ("machine",), ("reader",), ("unforeseen",)),
)
CACHE_FAULTS: Final = Count("medisupply_cache_faults", "Times that the cache failed and was left alone for a while.")
HTTP_REQUESTS: Final = Count(
    "medisupply_http_requests",
    "Requests that were answered, by the name of their route; health and metrics do not count.",
    ("route", "status"),
    NONE_KNOWN,
)
HTTP_SECONDS: Final = Durations(
    "medisupply_http_request_seconds",
    "Seconds until an answer began, the request's body included.",
    ("route",),
    NONE_KNOWN,
    (0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)

# Which process counts what.
WEB: Final[tuple[Metric, ...]] = (HTTP_REQUESTS, HTTP_SECONDS, UPLOADS_ENDED, CACHE_FAULTS)
WORKER: Final[tuple[Metric, ...]] = (UPLOADS_ENDED, ROWS, STAGE_SECONDS, CLAIMS_LOST, RETRIES, CACHE_FAULTS)
