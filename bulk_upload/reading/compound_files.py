"""Compound files: what holds an .xls, or a workbook under a password (MS-CFB; MS-OFFCRYPTO, section 2.3).

Nothing is parsed: the door and the guarded child both look for the name of one stream.
"""

from __future__ import annotations

from typing import IO, Final

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_BLOCK: Final = 1024 * 1024


def is_encrypted_workbook(file: IO[bytes]) -> bool:
    """Whether `file` is an .xlsx that was saved with a password. Reads it from its beginning."""
    file.seek(0)
    if file.read(len(MAGIC)) != MAGIC:
        return False
    end = b""
    while block := file.read(_BLOCK):
        if _ENCRYPTED in end + block:
            return True
        end = block[-len(_ENCRYPTED) :]
    return False
