"""Text without accents and capitals, for searching."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from django.db.backends.signals import connection_created

# Of both databases. PostgreSQL's is made by a migration, where unaccent knows more letters than these.
FUNCTION: Final = "catalog_search_text"


def _letters() -> dict[str, str]:
    """The accented letters of the Latin script, each with its plain one."""
    plain = {"Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ł": "L", "ł": "l", "ı": "i"}
    for code in range(0xC0, 0x180):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if base.isascii():
            plain[chr(code)] = base
    return plain


LETTERS: Final = _letters()
_TABLE: Final = str.maketrans(LETTERS)


def unaccented(text: str | None) -> str | None:
    """What SQLite calls.

    >>> unaccented("CATÉTER niño")
    'cateter nino'
    """
    if text is None or text.isascii():
        return text and text.lower()
    return text.translate(_TABLE).lower()


def teach_sqlite(connection: Any, **signal: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 1, unaccented, deterministic=True)


def connect() -> None:
    connection_created.connect(teach_sqlite, dispatch_uid="unaccented")
