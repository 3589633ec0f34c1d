"""What the settings read from the environment: each value with its type, and refused by name when it makes no sense."""

from __future__ import annotations

import ipaddress
import os
import re
import zoneinfo
from collections.abc import MutableMapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Final

import environ
from django.core.exceptions import ImproperlyConfigured

FLAGS: Final = {
    **dict.fromkeys(("true", "on", "ok", "y", "yes", "1"), True),
    **dict.fromkeys(("false", "off", "n", "no", "0", ""), False),
}
# Of a limit of requests; the period's first letter is what counts.
RATE: Final = re.compile(r"\d{1,9}/[smhd][a-z]*")
DATABASES: Final = ("django.db.backends.postgresql", "django.db.backends.sqlite3")
LOG_FORMATS: Final = ("json", "console")


class Environment(environ.Env):  # type: ignore[misc]  # django-environ has no types
    """Every method raises `ImproperlyConfigured`, which names the variable, its value and what is allowed."""

    def flag(self, name: str, *, default: bool) -> bool:
        text = self._text(name, str(default))
        if text.lower() not in FLAGS:
            raise refused(name, text, "true or false")
        return FLAGS[text.lower()]

    def positive(self, name: str, *, default: int, most: int | None = None) -> int:
        """A whole number from 1 on."""
        return self._whole(name, default, 1, most)

    def not_negative(self, name: str, *, default: int, most: int | None = None) -> int:
        """A whole number from 0 on."""
        return self._whole(name, default, 0, most)

    def factor(self, name: str, *, default: str) -> Decimal:
        """A number above 1, by which something is multiplied."""
        text = self._text(name, default)
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII) or Decimal(text) <= 1:
            raise refused(name, text, "a number above 1, such as 2 or 1.5")
        return Decimal(text)

    def choice(self, name: str, allowed: Sequence[str], *, default: str) -> str:
        text = self._text(name, default)
        if text not in allowed:
            raise refused(name, text, f"one of {', '.join(allowed)}")
        return text

    def rate(self, name: str, *, default: str) -> str:
        """Requests in a window of time, such as ``60/min``; empty: no limit."""
        text = self._text(name, default)
        if text and not RATE.fullmatch(text):
            raise refused(name, text, "requests in a second, minute, hour or day, such as 60/min, or empty")
        return text

    def token(self, name: str) -> str:
        """A secret that is sent in a header, empty unless it is set. It is not told."""
        text = self._text(name, "")
        if text and not re.fullmatch(r"[!-~]{16,}", text):
            raise refused(name, "", "16 or more letters, digits and signs of ASCII without blanks, or empty")
        return text

    def ip_address(self, name: str, *, default: str) -> str:
        """At which this host listens."""
        text = self._text(name, default)
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            raise refused(name, text, "an IP address of this host, such as 127.0.0.1 or 0.0.0.0") from None

    def time_zone(self, name: str, *, default: str) -> str:
        text = self._text(name, default)
        if text not in zoneinfo.available_timezones():
            raise refused(name, text, "a name of the time zone database, such as America/Bogota")
        return text

    def database(self, name: str, *, default: str) -> dict[str, Any]:
        """As `DATABASES` has it. The value may hold a password: it is not told."""
        text = self._text(name, default)
        # The address of an engine that is not known is a warning there, and no engine.
        found: dict[str, Any] = self.db_url_config(text) if re.match(r"[a-z0-9+]+://", text) else {}
        if found.get("ENGINE") not in DATABASES:
            raise refused(name, "", "an address that begins with postgres:// or sqlite://")
        return found

    def log_format(self, name: str, *, debug: bool) -> str:
        """How lines of the log are written: for programs, or while `debug` for people."""
        return self.choice(name, LOG_FORMATS, default="console" if debug else "json")

    def _whole(self, name: str, default: int, least: int, most: int | None) -> int:
        text = self._text(name, str(default))
        number = int(text) if re.fullmatch(r"-?\d{1,15}", text, re.ASCII) else None
        if number is None or number < least or (most is not None and number > most):
            bounds = f"from {least} on" if most is None else f"from {least} to {most}"
            raise refused(name, text, f"a whole number {bounds}")
        return number

    def _text(self, name: str, default: str) -> str:
        return str(self.str(name, default=default)).strip()


def with_file(path: Path) -> Environment:
    """The environment and what the file adds to it, which is not put into the process's own."""

    class Apart(Environment):
        ENVIRON: ClassVar[MutableMapping[str, str]] = dict(os.environ)

    if path.exists():
        Apart.read_env(path)
    return Apart()


def refused(name: str, value: str, allowed: str) -> ImproperlyConfigured:
    said = f"{name}={value}" if value else name
    return ImproperlyConfigured(f"The environment variable {said} cannot be used: it must be {allowed}.")
