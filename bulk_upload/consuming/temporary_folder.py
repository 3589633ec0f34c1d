"""A worker's folder for the files that it reads, and whether its disk has room for one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings
from structlog.stdlib import get_logger

log = get_logger(__name__)

PREFIX: Final = "bulk-upload-"
LOCK: Final = "lock"
# Seconds after which a folder without a lock file is a leftover: its worker may be about to lock it.
UNLOCKED_SECONDS: Final = 60.0


class Workplace:
    """One folder for one process, locked while the process lives, so that others can tell a leftover."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock: int | None = None
        self._making = threading.Lock()

    @property
    def folder(self) -> Path:
        """The folder; made when it is first needed. Raises `OSError`."""
        with self._making:
            if self._folder is None or not self._folder.exists():
                folder = Path(tempfile.mkdtemp(dir=settings.BULK_UPLOAD_TEMP_DIR, prefix=PREFIX))
                self._lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
                fcntl.flock(self._lock, fcntl.LOCK_EX)
                self._folder = folder
            return self._folder

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def remove_leftovers() -> int:
    """Remove the folders of workers that were killed; returns how many. What cannot be removed stays."""
    removed = 0
    for folder in Path(settings.BULK_UPLOAD_TEMP_DIR or tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if folder.is_dir() and _is_leftover(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    if removed:
        log.info("Temporary folders of workers that were killed are removed", count=removed)
    return removed


def has_room() -> bool:
    """Whether the largest file that is accepted fits on the disk of the temporary folder."""
    try:
        free = shutil.disk_usage(settings.BULK_UPLOAD_TEMP_DIR or tempfile.gettempdir()).free
    except OSError as error:
        log.error("The temporary folder cannot be used", error=error)
        return False
    if free < settings.BULK_UPLOAD_MAX_BYTES:
        log.error(
            "The temporary folder is nearly full: no file is taken until it has more room", megabytes=free // 1_000_000
        )
        return False
    return True


def _is_leftover(folder: Path) -> bool:
    """Whether no process holds the folder's lock."""
    with suppress(OSError):
        lock = os.open(folder / LOCK, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(lock)
        return True
    try:
        return time.time() - folder.stat().st_mtime > UNLOCKED_SECONDS
    except OSError:
        return False
