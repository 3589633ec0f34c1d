"""The uploaded files: the only module that knows S3 (through django-storages)."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from storages.backends.s3 import S3Storage
from structlog.stdlib import get_logger

from bulk_upload import storage_keys, storage_lifecycle
from bulk_upload.installation import Prepared
from bulk_upload.sheet.problems import FileProblem
from bulk_upload.storage_lifecycle import Rule

if TYPE_CHECKING:
    from bulk_upload.models import BulkUpload, UploadDraft

log = get_logger(__name__)

_FAULTS = (BotoCoreError, ClientError, Boto3Error, OSError)
# Small enough that even 64 KB in seven seconds, a line near its end, gives a sign of life with each block.
BLOCK = 64 * 1024
# A file up to this size, in bytes, goes in one request: parts cost three more, which wait for each other.
LARGEST_IN_ONE_PIECE = 32 * 1024 * 1024
# What S3 removes at one request.
MOST_REMOVED: Final = 1000


class StorageDown(Exception):
    """S3 cannot be reached or refuses: a passing fault."""


class FileGone(Exception):
    """The bucket answers and does not have the file: it will not come back."""


class StoredFile(NamedTuple):
    key: str
    size: int
    stored_at: datetime


def pages(folder: str, after: str = "") -> Iterator[list[StoredFile]]:
    """The files of a folder behind the key `after`, in the order of their keys, at most a thousand at a time.

    Raises `StorageDown`.
    """
    found = _client().get_paginator("list_objects_v2")
    try:
        for page in found.paginate(Bucket=_bucket(), Prefix=folder, StartAfter=after):
            yield [StoredFile(item["Key"], item["Size"], item["LastModified"]) for item in page.get("Contents", [])]
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


@contextmanager
def local_copy(
    upload: BulkUpload | UploadDraft, folder: Path | None = None, *, on_block: Callable[[], None] = lambda: None
) -> Iterator[Path]:
    """The file of `upload` as its supplier sent it, on the local disk until the block ends.

    It gets a folder of its own in `folder` (`BULK_UPLOAD_TEMP_DIR` by default). `on_block` is called after each
    block; what it raises passes through. Raises `FileProblem` when the stored file is not the one that was accepted,
    `StorageDown`, `FileGone`, or `OSError` of the local disk.
    """
    parent = folder or settings.BULK_UPLOAD_TEMP_DIR
    with TemporaryDirectory(prefix="original-", dir=parent, ignore_cleanup_errors=True) as own:
        path, digest = Path(own, "original"), hashlib.sha256()
        # One block after another: boto3's own transfer keeps up to ten parts of 8 MB in memory.
        with closing(stream(upload.s3_key)) as blocks, path.open("wb") as target:
            for block in blocks:
                target.write(block)
                digest.update(block)
                on_block()
        # Uploads of older releases have no hash.
        if path.stat().st_size != upload.size or upload.sha256 not in ("", digest.hexdigest()):
            raise FileProblem("file_replaced")
        yield path


def stream(key: str) -> Generator[bytes, None, None]:
    """The stored file in blocks, a file that was set aside as an orphan too: it is brought back.

    Raises `StorageDown` or `FileGone` at once, `StorageDown` also in the middle.
    """
    try:
        stored = _open(key)
    except FileGone:
        if not bring_back(key):
            raise
        stored = _open(key)
    return _blocks(stored)


def copy(source: str, target: str) -> None:
    """Store the file once more. Raises `StorageDown` or `FileGone`."""
    if not _copy(source, target) and not (bring_back(source) and _copy(source, target)):
        raise FileGone(source)


def is_missing(key: str) -> bool:
    """Whether there is no such file, set aside as an orphan or not. Raises `StorageDown`."""
    aside = storage_keys.orphan_key(key)
    return not _exists(key) and not (aside and _exists(aside))


def set_aside(key: str) -> None:
    """Move a file that no upload knows to the orphans, where the bucket's own rule removes it after a time.

    Raises `StorageDown`. A file that is gone by now is none of our business.
    """
    aside = storage_keys.orphan_key(key)
    if aside and _copy(key, aside):
        discard(key)


def bring_back(key: str) -> bool:
    """Whether the file had been set aside as an orphan, and is under its own key again. Raises `StorageDown`."""
    aside = storage_keys.orphan_key(key)
    if not aside or not _copy(aside, key):
        return False
    log.warning("A file had been set aside as an orphan: it is brought back", key=key)
    return True


def discard(key: str) -> None:
    """Remove a file that no upload needs; when S3 does not answer now, say so in the log."""
    try:
        default_storage.delete(key)
    except _FAULTS as error:
        log.warning("A file is left in S3 without an upload", key=key, error=error)


def remove(keys: Iterable[str]) -> None:
    """Remove stored files for good, set aside as orphans or not; one that is gone already is no fault.

    What lies outside this system's part of the bucket stays. Raises `StorageDown`, after which some may be gone.
    """
    own = [key for key in keys if storage_keys.is_own(key)]
    wanted = [*own, *(aside for key in own if (aside := storage_keys.orphan_key(key)))]
    for start in range(0, len(wanted), MOST_REMOVED):
        objects = [{"Key": key} for key in wanted[start : start + MOST_REMOVED]]
        try:
            answer = _client().delete_objects(Bucket=_bucket(), Delete={"Objects": objects, "Quiet": True})
        except _FAULTS as error:
            raise StorageDown(str(error)) from error
        for refused in answer.get("Errors", []):
            raise StorageDown(f"{refused['Key']}: {refused.get('Message') or refused.get('Code')}")


def ping() -> None:
    """Raises `StorageDown` when the bucket does not answer or does not exist."""
    try:
        _client().head_bucket(Bucket=_bucket())
    except _FAULTS as error:
        raise StorageDown(str(error)) from error


def ensure_bucket() -> Prepared:
    """Create the bucket when it is missing, add our lifecycle rules. Safe to repeat.

    Raises botocore's errors when S3 does not answer or does not allow to create the bucket.
    """
    created = (_bucket(),) if _create_bucket() else ()
    try:
        remarks = storage_lifecycle.differences(_bucket(), _rules_with_ours())
    except ClientError as error:
        # Who may not read or change the rules of a bucket that is there has somebody else who does.
        remarks = [storage_lifecycle.refused(_bucket(), str(error))]
    return Prepared((_bucket(),), created, tuple(remarks))


def _create_bucket() -> bool:
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
    return True


def _rules_with_ours() -> list[Rule]:
    """The bucket's rules, after those of ours that were missing have been added."""
    client = _client()
    try:
        present = client.get_bucket_lifecycle_configuration(Bucket=_bucket())
    except ClientError as error:
        if _status(error) != 404:
            raise
        present = {}
    rules: list[Rule] = present.get("Rules", [])
    if (changed := storage_lifecycle.with_ours(rules)) is not None:
        rules = changed
        # What S3 says beside the rules is the owner's, too, and would be set back.
        beside = {name: present[name] for name in ("TransitionDefaultMinimumObjectSize",) if name in present}
        client.put_bucket_lifecycle_configuration(Bucket=_bucket(), LifecycleConfiguration={"Rules": rules}, **beside)
    return rules


def _open(key: str) -> Any:
    """What boto3 calls a streaming body. Raises `StorageDown` or `FileGone`."""
    try:
        return _client().get_object(Bucket=_bucket(), Key=key)["Body"]
    except _FAULTS as error:
        raise _absence(key, error) from error


def _blocks(stored: Any) -> Generator[bytes, None, None]:
    try:
        yield from stored.iter_chunks(BLOCK)
    except _FAULTS as error:
        raise StorageDown(str(error)) from error
    finally:
        stored.close()


def _copy(source: str, target: str) -> bool:
    """Copy within the bucket; `False` when there is no such file. Raises `StorageDown`."""
    origin = {"Bucket": _bucket(), "Key": source}
    return _is_there(source, lambda: _client().copy_object(Bucket=_bucket(), Key=target, CopySource=origin))


def _exists(key: str) -> bool:
    return _is_there(key, lambda: _client().head_object(Bucket=_bucket(), Key=key))


def _is_there(key: str, ask: Callable[[], Any]) -> bool:
    """Whether what `ask` asks S3 for the file `key` finds it. Raises `StorageDown`."""
    try:
        ask()
    except _FAULTS as error:
        absence = _absence(key, error)
        if isinstance(absence, FileGone):
            return False
        raise absence from error
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
        super().__init__(transfer_config=TransferConfig(multipart_threshold=LARGEST_IN_ONE_PIECE), **options)
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
