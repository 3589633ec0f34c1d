"""Uploads beside the stored files: what is missing, differs, was set aside, or belongs to no upload."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import chain, groupby
from typing import Final, NamedTuple

from bulk_upload import storage, storage_keys
from bulk_upload.consistency.differences import Difference, Found, Kind, Note, Scope, named
from bulk_upload.consistency.failing import fail_in_words
from bulk_upload.consistency.merging import Pair, in_order_of_keys, merged
from bulk_upload.consistency.orphaned import OrphanSearch
from bulk_upload.intake import LOST_FILE
from bulk_upload.models import BulkUpload, Part
from bulk_upload.purging.ages import limit_of
from bulk_upload.storage import StoredFile

FAILS: Final = "se da por fallida, en palabras, y el proveedor puede subirlo otra vez"
FAILED: Final = "se dio por fallida"
VERSIONS: Final = "Si el bucket guarda versiones, recupere la anterior"
MISSING: Final = Kind("cargas sin terminar cuyo archivo falta", repair=FAILS, repaired=FAILED)
DOWNLOAD_GONE: Final = Kind("cargas terminadas cuyo archivo falta", advice=VERSIONS)
ASIDE: Final = Kind("archivos apartados que tienen carga", repair="vuelve a su lugar", repaired="volvió a su lugar")
REPLACED: Final = Kind("cargas sin terminar cuyo archivo es otro", repair=FAILS, repaired=FAILED)
DOWNLOAD_REPLACED: Final = Kind("cargas terminadas cuyo archivo es otro", advice=VERSIONS)


class Row(NamedTuple):
    """An upload, as far as its file is concerned."""

    task_id: uuid.UUID
    size: int
    sha256: str


class FileSearch:
    """One pass over uploads and files."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._orphans = OrphanSearch()
        self._uploads = self._files = 0

    def look(self) -> Found:
        """Raises `StorageDown`."""
        own, has_own = storage_keys.uploads(), False
        # Rows of one folder follow each other: their keys begin alike.
        for folder, rows in groupby(self._rows(), key=lambda row: storage_keys.folder_of(row[0])):
            has_own |= folder == own
            compare = partial(self._folder, folder) if folder else self._one_by_one
            yield from compare(rows)
        if not has_own:
            yield from self._folder(own, ())
        yield Note(f"{self._uploads} cargas y {self._files} archivos comparados")

    def _rows(self) -> Iterator[tuple[str, Row]]:
        uploads = BulkUpload.objects.filter(file_purged_at=None).exclude(s3_key="")  # an undo has none
        if self._scope.since:
            uploads = uploads.filter(created_at__gte=self._scope.since)
        values = in_order_of_keys(uploads, "s3_key").values_list("s3_key", "pk", "size", "sha256")
        for key, task_id, size, sha256 in values.iterator(2000):
            self._uploads += 1
            yield key, Row(task_id, size, sha256)

    def _folder(self, folder: str, rows: Iterable[tuple[str, Row]]) -> Found:
        aside = storage_keys.orphan_folder(folder)
        put_aside = ((storage_keys.key_before_orphan(file.key), file) for file in self._stored(aside))
        for pair in merged(rows, self._counted(self._stored(folder)), put_aside):
            yield from self._compare(pair)
            if pair.stored and not pair.rows and folder == storage_keys.uploads():
                yield from self._orphans.look(pair.stored)

    def _stored(self, folder: str) -> Iterator[StoredFile]:
        """From the day before the first upload on: a file is stored before its upload is recorded."""
        since = self._scope.since
        after = f"{folder}{since - timedelta(days=1):%Y/%m/%d}/" if since else ""
        return chain.from_iterable(storage.pages(folder, after))

    def _counted(self, files: Iterable[StoredFile]) -> Iterator[StoredFile]:
        for file in files:
            self._files += 1
            yield file

    def _one_by_one(self, rows: Iterable[tuple[str, Row]]) -> Found:
        """Uploads whose keys are of no folder."""
        for key, row in rows:
            if storage.is_missing(key):
                yield from _missing(key, row)

    def _compare(self, pair: Pair[Row]) -> Found:
        for row in pair.rows:
            if pair.stored is None and pair.aside is None:
                yield from _missing(pair.key, row)
            elif pair.stored is None:
                yield from _aside(pair.key, row)
            elif pair.stored.size != row.size:
                yield from _replaced(pair.key, row, f"{pair.stored.size} bytes en vez de {row.size}")
            elif self._scope.deep and row.sha256 and _sha256(pair.key) not in (row.sha256, None):
                yield from _replaced(pair.key, row, "su SHA-256 es otro")


def look(scope: Scope) -> Found:
    """See `FileSearch`."""
    return FileSearch(scope).look()


def _still(key: str, row: Row) -> BulkUpload | None:
    """The upload as it is now, when it still has that key, and is to have its file.

    One that failed since its file was lost says so itself; of one that is past its age the next purge says so.
    """
    upload = BulkUpload.objects.filter(pk=row.task_id, s3_key=key, file_purged_at=None).first()
    if upload is None or upload.completed_at is None:
        return upload
    oldest = limit_of(Part.FILE)
    is_past = oldest is not None and upload.completed_at < oldest
    return None if is_past or upload.error_code in LOST_FILE else upload


def _missing(key: str, row: Row) -> Found:
    upload = _still(key, row)
    if upload is None:
        return
    text = f"{named(upload)} no tiene su archivo en el almacén ({key}): "
    if upload.is_final:
        yield Difference(DOWNLOAD_GONE, f"{text}ni el original ni sus filas por corregir se pueden descargar")
    elif storage.is_missing(key):  # intake may just have stored it again
        mend = partial(fail_in_words, upload, "file_missing")
        yield Difference(MISSING, f"{text}no se puede importar", mend)


def _aside(key: str, row: Row) -> Found:
    if upload := _still(key, row):
        text = f"{named(upload)} tiene su archivo apartado como huérfano ({key}): el bucket lo borrará a los 30 días"
        yield Difference(ASIDE, text, partial(storage.bring_back, key))


def _replaced(key: str, row: Row, how: str) -> Found:
    upload = _still(key, row)
    if upload is None or (upload.size, upload.sha256) != (row.size, row.sha256):
        return
    text = f"{named(upload)} tiene otro archivo que el que se recibió ({key}: {how}): "
    if upload.is_final:
        yield Difference(DOWNLOAD_REPLACED, f"{text}el original no se puede descargar")
    else:
        mend = partial(fail_in_words, upload, "file_replaced")
        yield Difference(REPLACED, f"{text}no se puede importar", mend)


def _sha256(key: str) -> str | None:
    """Of a stored file, read in blocks; `None` when it is gone by now."""
    digest = hashlib.sha256()
    try:
        with closing(storage.stream(key)) as blocks:
            for block in blocks:
                digest.update(block)
    except storage.FileGone:
        return None
    return digest.hexdigest()
