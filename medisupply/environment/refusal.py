"""A process that cannot start with its environment: it says so in sentences, one a line, and ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.exceptions import ImproperlyConfigured

# Of a value that is shown; more tells nobody what is wrong with it.
LONGEST_VALUE: Final = 100


class SettingsRefused(ImproperlyConfigured):
    """The text says which variables cannot be used, and what is allowed."""


def refusal(name: str, value: str, allowed: str, *, secret: bool = False) -> str:
    """Why the variable cannot be used, in a sentence. The value of a `secret` is left out."""
    if not value:
        return f"The environment variable {name} is empty: it must be {allowed}."
    said = name if secret else f"{name}={_shown(value)}"
    return f"The environment variable {said} cannot be used: it must be {allowed}."


@contextmanager
def in_words() -> Iterator[None]:
    """End the process with the sentence and exit status 1, without a traceback."""
    try:
        yield
    except SettingsRefused as error:
        sys.exit(str(error))


def _shown(value: str) -> str:
    """On one line, whatever the value holds."""
    text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
