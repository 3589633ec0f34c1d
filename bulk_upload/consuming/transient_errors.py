"""What an exception during an attempt says about the next one."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import Final

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError

from bulk_upload import queue, storage
from bulk_upload.importing.halving import ChunkRefused
from bulk_upload.reading.child_process import ReaderKilled

# What passes without a change of the file: a service is away, restarts or is too slow, or has another schema than
# this code expects.
TRANSIENT: Final = (DatabaseError, InterfaceError, ChunkRefused, storage.StorageDown, OSError, *queue.QueueFault)
# What the database says of values, not of itself.
ABOUT_VALUES: Final = (DataError, IntegrityError)
# Errors of this machine: another worker may be able to do what this one cannot.
MACHINE_ERRORS: Final = frozenset(
    [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM]
)


def is_transient(error: BaseException) -> bool:
    """Whether the same attempt may succeed later without any change of the file."""
    return isinstance(error, TRANSIENT) and not isinstance(error, ABOUT_VALUES)


def is_machine_fault(error: BaseException) -> bool:
    """Whether this machine's disk or memory, or this process's limits, are at fault."""
    return any(
        isinstance(cause, MemoryError) or (isinstance(cause, OSError) and cause.errno in MACHINE_ERRORS)
        for cause in _chain(error)
    )


def fault_kind(error: BaseException) -> str:
    """What the metrics call it: ``reader``, ``machine``, ``passing`` or ``unforeseen``."""
    if isinstance(error, ReaderKilled):
        return "reader"
    if is_machine_fault(error):
        return "machine"
    return "passing" if is_transient(error) else "unforeseen"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
