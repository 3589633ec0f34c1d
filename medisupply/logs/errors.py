"""Exceptions as text for the log: where they happened and what they say, but no values out of rows.

PostgreSQL quotes the refused row in the further lines of its messages, and a value that it cannot read in the first.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final

# Longest message of an exception, in characters.
LONGEST: Final = 1000
# Whatever ends a line or moves the cursor of a terminal, and what reverses the direction of a text.
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# PostgreSQL's class of errors about values: "invalid input syntax for type integer: "12,5"".
ABOUT_VALUES: Final = "22"
DATABASES: Final = ("django.db", "psycopg", "sqlite3")
QUOTED: Final = re.compile(r'".*"')
BECAUSE: Final = "\nThe above exception was the direct cause of the following exception:\n\n"
DURING: Final = "\nDuring handling of the above exception, another exception occurred:\n\n"

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def escaped(text: str) -> str:
    """`text` on one line, its control characters as Python writes them in a literal."""
    return CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def described(error: BaseException) -> str:
    """``Class: message``, on one line."""
    message = _message(error)
    name = type(error).__qualname__
    return f"{name}: {message}" if message else name


def traceback_text(exc_info: Any) -> str:
    """The traceback as Python prints it, with the messages as `described` gives them."""
    _type, error, trace = exc_info
    parts = []
    for link, each, its_trace in _chain(error, trace):
        lines = "".join(traceback.format_tb(its_trace)) if its_trace else ""
        head = f"Traceback (most recent call last):\n{lines}" if lines else ""
        module = "" if type(each).__module__ in ("builtins", "__main__") else f"{type(each).__module__}."
        parts.append(f"{link}{head}{module}{described(each)}\n")
    return "".join(parts).rstrip("\n")


def _message(error: BaseException) -> str:
    text = str(error)
    if type(error).__module__.startswith(DATABASES):
        text = text.partition("\n")[0]
        state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
        if state.startswith(ABOUT_VALUES):
            text = QUOTED.sub('"…"', text)
    return escaped(text[:LONGEST])


def _chain(
    error: BaseException, trace: TracebackType | None
) -> Iterator[tuple[str, BaseException, TracebackType | None]]:
    """The exceptions from the first one on, each with the sentence that links it to the one before."""
    found: list[tuple[str, BaseException, TracebackType | None]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        cause, context = current.__cause__, current.__context__
        before = cause or (None if current.__suppress_context__ else context)
        link = BECAUSE if cause else DURING
        is_first = before is None or id(before) in seen
        found.append(("" if is_first else link, current, trace if current is error else current.__traceback__))
        current = before
    yield from reversed(found)
