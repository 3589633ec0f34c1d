"""Files that were made of uploads and are gone from the bucket before their time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Final

from django.conf import settings

from bulk_upload import storage, storage_keys
from bulk_upload.consistency.differences import Difference, Found, Kind, Note, Scope, named_file
from bulk_upload.consistency.merging import in_order_of_keys, merged
from bulk_upload.models import FileState, PreparedFile
from bulk_upload.purging.ages import limit

AGAIN: Final = "se hace de nuevo cuando alguien lo pida"
GONE: Final = Kind("archivos preparados que faltan", repair=f"se olvida y {AGAIN}", repaired=f"se olvidó, y {AGAIN}")


def look(scope: Scope) -> Found:
    """Ready files without their object, unless they are past their age. Raises `StorageDown`."""
    since = limit(settings.BULK_UPLOAD_KEEP_PREPARED_DAYS)
    after = f"{storage_keys.prepared()}{since - timedelta(days=1):%Y/%m/%d}/" if since else ""
    stored = chain.from_iterable(storage.pages(storage_keys.prepared(), after))
    count = 0
    for pair in merged(_rows(since), stored):
        count += len(pair.rows)
        for file in pair.rows if pair.stored is None else ():
            same = PreparedFile.objects.filter(pk=file.pk, s3_key=pair.key, state=FileState.READY)
            if same.exists() and storage.is_missing(pair.key):
                text = f"{named_file(file)} figura como listo y no está en el almacén ({pair.key})"
                yield Difference(GONE, text, partial(_forget, file))
    yield Note(f"{count} archivos preparados comparados")


def _rows(since: datetime | None) -> Iterator[tuple[str, PreparedFile]]:
    ready = PreparedFile.objects.filter(state=FileState.READY)
    if since:
        ready = ready.filter(updated_at__gt=since)
    for file in in_order_of_keys(ready, "s3_key").only("s3_key", "upload_id").iterator(2000):
        yield file.s3_key, file


def _forget(file: PreparedFile) -> bool:
    PreparedFile.objects.filter(pk=file.pk, s3_key=file.s3_key, state=FileState.READY).delete()
    return True
