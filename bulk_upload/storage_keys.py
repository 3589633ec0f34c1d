"""The names of the stored files: ``<prefix>/uploads/2026/01/31/<task id>.csv``, ``<prefix>/prepared/…``.

A key names its upload, so the search for orphans needs no query for each key. The prefix is the system's
(`S3_KEY_PREFIX`): several systems can share one bucket.
"""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Final

from django.conf import settings

# A key of ours, whatever its prefix. django-storages adds ``_`` and seven characters to a name that is taken.
KEY: Final = re.compile(
    r"(?P<prefix>(?:.+/)?)uploads/(?P<file>\d{4}/\d\d/\d\d/(?P<task>[0-9a-f-]{36})(?:_\w{7})?\.\w+)", re.ASCII
)


def upload_key(task_id: uuid.UUID, file_format: str, day: date) -> str:
    """Where the file of an upload that was accepted on `day` is stored."""
    return f"{uploads_of(day)}{task_id}.{file_format}"


def uploads() -> str:
    """The folder of this system's uploaded files, with its slash."""
    return _folder("uploads")


def uploads_of(day: date) -> str:
    """The folder of one day's uploaded files: ``<prefix>/uploads/2026/01/31/``."""
    return f"{uploads()}{day:%Y/%m/%d}/"


def orphans() -> str:
    """The folder of this system's stored files of which no upload was known."""
    return _folder("orphans")


def prepared() -> str:
    """The folder of files that were made of uploads: they can be made again, and the bucket removes them."""
    return _folder("prepared")


def prepared_key(file_id: uuid.UUID, claim: int, day: date, ending: str) -> str:
    """Where a worker that holds the claim `claim` stores what it made: two of them never write the same key."""
    return f"{prepared()}{day:%Y/%m/%d}/{file_id}-{claim}.{ending}"


def is_own(key: str) -> bool:
    """Whether `key` lies in this system's part of the bucket, of which several may share one."""
    return key.startswith((uploads(), prepared()))


def orphan_key(key: str) -> str | None:
    """Where the file stored as `key` goes when no upload knows it; `None` when `key` names no upload."""
    match = KEY.fullmatch(key)
    return f"{match['prefix']}orphans/{match['file']}" if match else None


def folder_of(key: str) -> str | None:
    """The folder of uploaded files in which `key` lies, whatever its prefix; `None` when `key` names no upload."""
    match = KEY.fullmatch(key)
    return f"{match['prefix']}uploads/" if match else None


def orphan_folder(folder: str) -> str:
    """Where files of that folder of uploaded files are set aside."""
    return f"{folder.removesuffix('uploads/')}orphans/"


def key_before_orphan(key: str) -> str:
    """The key that a file of a folder of orphans had before it was set aside."""
    prefix, _, file = key.rpartition("orphans/")
    return f"{prefix}uploads/{file}"


def task_id_of(key: str) -> uuid.UUID | None:
    """The upload that `key` names, or `None`."""
    match = KEY.fullmatch(key)
    try:
        return uuid.UUID(match["task"]) if match else None
    except ValueError:
        return None


def _folder(name: str) -> str:
    prefix = settings.S3_KEY_PREFIX.strip("/")
    return f"{prefix}/{name}/" if prefix else f"{name}/"
