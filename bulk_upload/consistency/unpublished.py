"""What has not ended and has no message: nobody imports it before the sweep notices."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from django.conf import settings
from django.db.models import QuerySet

from bulk_upload import intake
from bulk_upload.consistency.differences import Difference, Found, Kind, named, named_file
from bulk_upload.consistency.slices import slices
from bulk_upload.models import BulkUpload, PreparedFile, lease
from bulk_upload.workbooks import prepared_files

AGAIN: Final = "se publica otra vez"
NO_MESSAGE: Final = Kind("cargas sin mensaje", repair=AGAIN, repaired="se publicó otra vez")
NEVER: Final = Kind("cargas que nunca se publicaron", repair="se publica", repaired="se publicó")
NO_FILE_MESSAGE: Final = Kind("archivos preparados sin mensaje", repair=AGAIN, repaired="se publicó otra vez")

W = TypeVar("W", BulkUpload, PreparedFile)


class Unpublished:
    """Compares the number of `messages` with that of unfinished work that was published before `began`.

    SQS shows no list of its messages. Where some are missing, those are taken for missing whose message was not
    `seen`, the newest first: a message imports all of its supplier that come before. A guess that is wrong costs a
    second message, which is deleted when it comes.
    """

    def __init__(self, began: datetime, messages: int, seen: Collection[uuid.UUID]) -> None:
        self._began = began
        self._seen = seen
        # Until then a message may be in a worker's hand, or not yet in SQS's count.
        self._published_before = began - 2 * lease()
        uploads = BulkUpload.objects.unfinished().filter(published_at__lt=began).count()
        self.unfinished = uploads + PreparedFile.objects.unfinished().filter(published_at__lt=began).count()
        self._missing = self.unfinished - messages

    def look(self) -> Found:
        """Raises `QueueFault`s when something is mended."""
        grace = timedelta(seconds=settings.BULK_UPLOAD_SWEEP_SECONDS)
        for uploads in slices(BulkUpload.objects.never_published(grace), "number"):
            for upload in uploads:
                text = f"{named(upload)} nunca se publicó en la cola: ningún trabajador la conoce"
                yield Difference(NEVER, text, partial(intake.publish, upload))
        for files in slices(PreparedFile.objects.never_published(grace)):
            for file in files:
                text = f"{named_file(file)} nunca se publicó en la cola: nadie lo prepara"
                yield Difference(NO_FILE_MESSAGE, text, partial(prepared_files.publish, file))
        yield from self._uploads()
        yield from self._files()

    def _uploads(self) -> Found:
        waiting = self._waiting(BulkUpload.objects.unfinished())
        skipped = self._skipped(waiting)
        for uploads in slices(waiting, "number"):
            for upload in uploads:
                if upload.pk in self._seen:
                    continue
                if skipped > 0:
                    skipped -= 1
                    continue
                text = f"{named(upload)} no tiene mensaje en la cola: nadie la toma hasta que el barrido lo note"
                yield Difference(NO_MESSAGE, text, partial(intake.publish, upload))

    def _files(self) -> Found:
        waiting = self._waiting(PreparedFile.objects.unfinished().select_related("upload"))
        skipped = self._skipped(waiting)
        for files in slices(waiting):
            for file in files:
                if file.pk in self._seen:
                    continue
                if skipped > 0:
                    skipped -= 1
                    continue
                text = f"{named_file(file)} no tiene mensaje en la cola: nadie lo prepara hasta que el barrido lo note"
                yield Difference(NO_FILE_MESSAGE, text, partial(prepared_files.publish, file))

    def _waiting(self, unfinished: QuerySet[W]) -> QuerySet[W]:
        """What no worker has, and had a message."""
        return unfinished.filter(published_at__lt=self._published_before).exclude(lease_until__gt=self._began)

    def _skipped(self, waiting: QuerySet[W]) -> int:
        """How many of the oldest without a seen message are taken for those that have one; counts the others off."""
        unseen = sum(key not in self._seen for key in waiting.values_list("pk", flat=True).iterator(2000))
        found = min(unseen, max(self._missing, 0))
        self._missing -= found
        return unseen - found
