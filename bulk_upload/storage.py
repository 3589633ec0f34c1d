"""The uploaded files: the only module that knows S3 (through django-storages)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from django.core.files.storage import default_storage
from storages.backends.s3 import S3Storage

log = logging.getLogger(__name__)

_FAULTS = (BotoCoreError, ClientError, Boto3Error, OSError)
BLOCK = 1024 * 1024


class StorageDown(Exception):
    """S3 cannot be reached or refuses: a passing fault."""


class FileGone(Exception):
    """The bucket answers and does not have the file: it will not come back."""


def folder_of(day: date) -> str:
    """The part of the bucket where a day's uploads go: ``uploads/2026/01/31/``."""
    return f"uploads/{day:%Y/%m/%d}/"


def keys_stored_before(moment: datetime, folder: str) -> Iterator[str]:
    """The keys in `folder` that were stored before `moment`. Raises `StorageDown`."""
    storage: Any = default_storage
    try:
        for item in storage.bucket.objects.filter(Prefix=folder):
            if item.last_modified < moment:
                yield item.key
    except _FAULTS as error:
        raise StorageDown(str(error)) from error


def save(file: IO[bytes], key: str) -> str:
    """Store the whole of `file` and return the key under which it went. Raises `StorageDown`."""
    file.seek(0)
    unclosed: Any = _Unclosed(file)
    try:
        return default_storage.save(key, File(unclosed, name=key))
    except _FAULTS as error:
        raise StorageDown(str(error)) from error


def fetch(key: str, into: Path, on_block: Callable[[], None] = lambda: None) -> None:
    """Write the stored file to `into`. Raises `StorageDown` or `FileGone`; what `on_block` raises passes through.

    One block after another: boto3's own transfer keeps up to ten parts of 8 MB in memory.
    """
    blocks = stream(key)
    try:
        with into.open("wb") as target:
            for block in blocks:
                target.write(block)
                on_block()
    except _FAULTS as error:
        raise StorageDown(str(error)) from error


def stream(key: str) -> Iterator[bytes]:
    """The stored file in blocks. Raises `StorageDown` or `FileGone` now, not in the middle."""
    try:
        stored = _client().get_object(Bucket=_bucket(), Key=key)["Body"]
    except _FAULTS as error:
        raise _absence(key, error) from error
    blocks: Iterator[bytes] = stored.iter_chunks(BLOCK)
    return blocks


def discard(key: str) -> None:
    """Remove a file that no upload needs; when S3 does not answer now, say so in the log."""
    try:
        default_storage.delete(key)
    except _FAULTS as error:
        log.warning("%s is left in S3 without an upload: %s", key, error)


def ping() -> None:
    """Raises `StorageDown` when the bucket does not answer or does not exist."""
    try:
        _client().head_bucket(Bucket=_bucket())
    except _FAULTS as error:
        raise StorageDown(str(error)) from error


def ensure_bucket() -> bool:
    """Create the bucket when it is missing; returns whether it was. Safe to repeat.

    An existing bucket is left as it is: its rules are its owner's. Raises botocore's errors when S3 does
    not answer or does not allow it.
    """
    client = _client()
    try:
        client.head_bucket(Bucket=_bucket())
    except ClientError as error:
        if _status(error) != 404:
            raise
    else:
        return False
    try:
        client.create_bucket(Bucket=_bucket(), **_location(client.meta.region_name))
    except client.exceptions.BucketAlreadyOwnedByYou:
        return False  # somebody else's bootstrap was faster
    client.put_bucket_lifecycle_configuration(
        Bucket=_bucket(),
        LifecycleConfiguration={
            "Rules": [
                {
                    # The parts of a large upload that broke off are invisible and cost money for ever.
                    "ID": "abort-incomplete-uploads",
                    "Status": "Enabled",
                    "Filter": {"Prefix": "uploads/"},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                }
            ]
        },
    )
    return True


def _client() -> Any:
    """django-storages' own S3 client, with its settings."""
    storage: Any = default_storage
    return storage.connection.meta.client


def _bucket() -> str:
    storage: Any = default_storage
    return str(storage.bucket_name)


def _absence(key: str, error: Exception) -> Exception:
    """What it means that a file could not be had. A bucket that is missing answers 404 for every file."""
    if _status(error) != 404:
        return StorageDown(str(error))
    try:
        ping()
    except StorageDown as down:
        return down
    return FileGone(key)


def _status(error: Exception) -> int:
    """The HTTP status with which S3 answered, 0 when it did not."""
    answer = getattr(error, "response", None) or {}
    return int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _location(region: str) -> dict[str, dict[str, str]]:
    """S3 wants the region named, except the one that it refuses to hear."""
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


class SharedSessionStorage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """django-storages' S3, with one boto3 session for all threads.

    A session of its own holds 13 MB of service descriptions, which django-storages keeps for each thread.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Clients may be used by many threads; a session may not make two of them at once.
        self._session_lock = threading.Lock()
        self._session: Any = None

    @property
    def connection(self) -> Any:
        with self._session_lock:
            return super().connection

    def _create_session(self) -> Any:
        if self._session is None:
            self._session = super()._create_session()
        return self._session


class _Unclosed:
    """A file that stays open when its borrower closes it, as boto3 does after sending."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def close(self) -> None:
        return None
