"""The types of variables: how a text becomes a value, and what is allowed, in the words of both languages.

`parse` gets a text without blanks around it and raises `ValueError` when it makes no sense. `allowed` stands in the
sentences at start ("it must be …"), `allowed_es` on the operators' page.
"""

from __future__ import annotations

import os
import re
import shlex
import zoneinfo
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol, TypeVar

Value = TypeVar("Value", covariant=True)

FLAGS: Final = {
    **dict.fromkeys(("true", "on", "ok", "y", "yes", "1"), True),
    **dict.fromkeys(("false", "off", "n", "no", "0"), False),
}
# Of a limit of requests; the period's first letter is what counts.
RATE: Final = re.compile(r"\d{1,9}/[smhd][a-z]*", re.ASCII)


class Kind(Protocol[Value]):
    def parse(self, text: str) -> Value: ...

    @property
    def allowed(self) -> str: ...

    @property
    def allowed_es(self) -> str: ...


@dataclass(frozen=True)
class Flag:
    allowed = "true or false"
    allowed_es = "`true` o `false`"

    def parse(self, text: str) -> bool:
        if text.lower() not in FLAGS:
            raise ValueError
        return FLAGS[text.lower()]


@dataclass(frozen=True)
class Whole:
    """A whole number; without a largest one, of 15 digits at most."""

    least: int = 0
    most: int | None = None

    @property
    def allowed(self) -> str:
        return "a whole number " + (
            f"from {self.least} on" if self.most is None else f"from {self.least} to {self.most}"
        )

    @property
    def allowed_es(self) -> str:
        return "entero, " + (f"{self.least} o más" if self.most is None else f"de {self.least} a {self.most}")

    def parse(self, text: str) -> int:
        if not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
            raise ValueError
        number = int(text)
        if number < self.least or (self.most is not None and number > self.most):
            raise ValueError
        return number


@dataclass(frozen=True)
class Number:
    """A number above another one, with a point before its decimals."""

    above: int = 0

    @property
    def allowed(self) -> str:
        return f"a number above {self.above}, such as {self.above + 1} or {self.above}.5"

    @property
    def allowed_es(self) -> str:
        return f"número mayor que {self.above}, como `{self.above + 1}` o `{self.above}.5`"

    def parse(self, text: str) -> Decimal:
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text, re.ASCII) or Decimal(text) <= self.above:
            raise ValueError
        return Decimal(text)


@dataclass(frozen=True)
class Choice:
    choices: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return f"one of {', '.join(self.choices)}"

    @property
    def allowed_es(self) -> str:
        return ", ".join(f"`{choice}`" for choice in self.choices)

    def parse(self, text: str) -> str:
        if text not in self.choices:
            raise ValueError
        return text


@dataclass(frozen=True)
class Rate:
    """Requests in a window of time; empty: no limit."""

    allowed = "requests in a second, minute, hour or day, such as 60/min, or empty"
    allowed_es = "peticiones por `s`, `min`, `hour` o `day`, como `60/min`; vacía: sin límite"

    def parse(self, text: str) -> str:
        if text and not RATE.fullmatch(text):
            raise ValueError
        return text


@dataclass(frozen=True)
class TimeZone:
    allowed = "a name of the time zone database, such as America/Bogota"
    allowed_es = "nombre de la base de zonas horarias, como `America/Bogota`"

    def parse(self, text: str) -> str:
        if text not in zoneinfo.available_timezones():
            raise ValueError
        return text


@dataclass(frozen=True)
class Text:
    """A text of the form of `pattern`."""

    pattern: str
    allowed: str
    allowed_es: str

    def parse(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text, re.ASCII):
            raise ValueError
        return text


@dataclass(frozen=True)
class Password:
    """A password as it is; empty: none."""

    allowed = "a password in one line, or empty"
    allowed_es = "clave en una línea, o vacía"

    def parse(self, text: str) -> str:
        if not text.isprintable():
            raise ValueError
        return text


@dataclass(frozen=True)
class Arguments:
    """The arguments of a command, with a shell's quotes."""

    allowed = "arguments as a shell takes them, or empty"
    allowed_es = "argumentos como los toma un intérprete de órdenes, o vacía"

    def parse(self, text: str) -> list[str]:
        # It raises by itself when a quote is not closed.
        return shlex.split(text)


@dataclass(frozen=True)
class Folder:
    """An existing folder that this process may write to; empty: the system's."""

    allowed = "a folder that exists and may be written to, or empty"
    allowed_es = "carpeta que existe y en la que se puede escribir, o vacía"

    def parse(self, text: str) -> str:
        if text and not (os.path.isdir(text) and os.access(text, os.W_OK | os.X_OK)):  # noqa: PTH112
            raise ValueError
        return text
