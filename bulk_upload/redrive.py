"""Bring uploads back that failed because of a fault that has passed: for the command and the operators' page."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from bulk_upload import queue
from bulk_upload.intake import retry_upload
from bulk_upload.models import BulkUpload, Status
from bulk_upload.retries import NoRetry, no_retry

EXHAUSTED: Final = "attempts_exhausted"


@dataclass(frozen=True, slots=True)
class Redriven:
    """Which uploads are on their way again, why others are not, and how many dead letters were removed.

    `removed` is `None` where SQS did not answer.
    """

    retried: set[uuid.UUID]
    refused: dict[BulkUpload, NoRetry]
    removed: int | None


def redrive(uploads: QuerySet[BulkUpload], wanted: Collection[uuid.UUID] = ()) -> Redriven:
    """Retry those of `uploads` that failed after all their attempts, or the failed ones that are `wanted`.

    Dead letters of uploads that are retried, go on or have ended otherwise are removed.
    """
    failed = uploads.filter(status=Status.FAILED).order_by("number")
    failed = failed.filter(pk__in=wanted) if wanted else failed.filter(error_code=EXHAUSTED)
    retried, refused = set(), {}
    for upload in failed:
        if why := no_retry(upload):
            refused[upload] = why
        elif retry_upload(upload):
            retried.add(upload.pk)
    try:
        return Redriven(retried, refused, queue.remove_dead_letters(_settled))
    except queue.QueueFault:
        return Redriven(retried, refused, None)


def _settled(task_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those that are on their way again, have ended otherwise, or may not come back (`retries.no_retry`).

    Unknown ones are not: their dead letters stay.
    """
    known = BulkUpload.objects.filter(pk__in=task_ids)
    exhausted = known.filter(status=Status.FAILED, error_code=EXHAUSTED)
    may_come_back = {upload.pk for upload in exhausted if no_retry(upload) is None}
    return set(known.values_list("pk", flat=True)) - may_come_back
