"""Claims that nobody holds any more, although their time has not come: no worker can take such an upload.

A database that was restored has the claims of its time. Where their worker lives on, ending its claim early costs
nothing but its attempt: the next one takes a new number, and what the old one writes is refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bulk_upload.consistency.differences import Difference, Found, Kind, Scope, named, named_file
from bulk_upload.consistency.slices import slices
from bulk_upload.models import BulkUpload, PreparedFile, Status, WorkerHeartbeat, lease
from medisupply.backends.database import database_now, living_sessions

# Beyond two leases; a worker that stores a large file takes a longer one.
LONGEST_STORING: Final = timedelta(minutes=10)
# By how much the clock of a database may go back without a word.
CLOCK_STEP: Final = timedelta(minutes=5)

DEAD_CLAIM: Final = Kind(
    "tomas de nadie",
    repair="la toma termina ahora",
    repaired="la toma terminó y otro trabajador puede tomarla",
)
DEAD_HEARTBEAT: Final = Kind("señales de vida del futuro", repair="se borra", repaired="se borró")


def look(scope: Scope) -> Found:
    """Claims whose worker is gone or which end too late, and heartbeats that come from the future."""
    now = database_now()
    latest = now + 2 * lease() + LONGEST_STORING
    for uploads in slices(BulkUpload.objects.filter(status=Status.PROCESSING, lease_until__gt=now)):
        for upload in _without_holder(uploads, now, latest):
            text = (
                f"{named(upload)} está tomada hasta {_utc(upload.lease_until)} por un trabajador que ya no existe: "
                "hasta entonces nadie puede tomarla"
            )
            yield Difference(DEAD_CLAIM, text, partial(_end_claim, upload))
    for files in slices(PreparedFile.objects.filter(state="processing", lease_until__gt=latest)):
        for file in files:
            text = f"{named_file(file)} está tomado hasta {_utc(file.lease_until)}: hasta entonces nadie lo prepara"
            yield Difference(DEAD_CLAIM, text, partial(_end_claim, file))
    for beat in WorkerHeartbeat.objects.filter(seen_at__gt=now + CLOCK_STEP):
        text = f"El trabajador {beat.name} dio señales en el futuro ({_utc(beat.seen_at)}): cuenta como vivo sin serlo"
        yield Difference(DEAD_HEARTBEAT, text, partial(_forget, beat))


def _without_holder(uploads: list[BulkUpload], now: datetime, latest: datetime) -> list[BulkUpload]:
    living = living_sessions({upload.holder_session for upload in uploads if upload.holder_session})
    found = []
    for upload in uploads:
        # A worker that has connected again names its new session when it renews the claim, well before half of it.
        is_silent = upload.updated_at < now - lease() / 2
        is_gone = living is not None and upload.holder_session and upload.holder_session not in living
        if (is_gone and is_silent) or (upload.lease_until and upload.lease_until > latest):
            found.append(upload)
    return found


def _utc(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else ""


def _end_claim(row: BulkUpload | PreparedFile) -> bool:
    """End the claim, if it is still the same one."""
    same = type(row)._base_manager.filter(pk=row.pk, claim_number=row.claim_number, lease_until=row.lease_until)
    same.update(lease_until=database_now())
    return True


def _forget(beat: WorkerHeartbeat) -> bool:
    WorkerHeartbeat.objects.filter(pk=beat.pk, seen_at=beat.seen_at).delete()
    return True
