"""Copies of what is in a file, on disk while it is read. What is damaged is the file's fault, a full disk is not."""

from __future__ import annotations

import errno
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Final

from bulk_upload.checking.chunks import CheckingFault
from bulk_upload.sheet.problems import FileProblem

_NONSENSE: Final = (
    *(struct.error, LookupError, ValueError, OverflowError, EOFError, zlib.error),
    *(zipfile.BadZipFile, NotImplementedError),
)
_DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def nameless_file() -> Iterator[IO[bytes]]:
    """A file in the folder for temporary files. Flush it once it is written."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        yield file
    finally:
        with suppress(OSError):  # of a full disk, which has been told
            file.close()


@contextmanager
def nonsense_is_damage() -> Iterator[None]:
    """Raises `FileProblem` or `CheckingFault` instead of what libraries raise."""
    try:
        yield
    except _NONSENSE as error:
        raise FileProblem("damaged_file") from error
    except OSError as error:
        if error.errno in _DISK:
            raise CheckingFault("no room for a copy of the file") from error
        raise FileProblem("damaged_file") from error  # a place in the file that cannot be
