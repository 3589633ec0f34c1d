"""The types of variables that hold addresses: of databases and services, of hosts, of browsers' origins."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import environ

DATABASES: Final = ("django.db.backends.postgresql", "django.db.backends.sqlite3")
# As Django compares it with the header: a name, an IP address, or all names below one.
HOST: Final = re.compile(r"\*|\.?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE | re.ASCII)
ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://(?P<wildcard>\*\.)?[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Database:
    """As `DATABASES` has it."""

    allowed = "an address that begins with postgres:// or sqlite:// and names a database"
    allowed_es = "`postgres://usuario:clave@host:5432/base` o `sqlite:///archivo`"

    def parse(self, text: str) -> dict[str, Any]:
        # The address of an engine that is not known is a warning there, and no engine.
        found: dict[str, Any] = environ.Env.db_url_config(text) if re.match(r"[a-z0-9+]+://", text) else {}
        if found.get("ENGINE") not in DATABASES or not found.get("NAME"):
            raise ValueError
        return found


@dataclass(frozen=True)
class Url:
    """The address of a service, or several with commas between them; empty where there is none."""

    schemes: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return f"an address that begins with {' or '.join(f'{scheme}://' for scheme in self.schemes)}, or empty"

    @property
    def allowed_es(self) -> str:
        return f"dirección que empieza por {' o '.join(f'`{scheme}://`' for scheme in self.schemes)}, o vacía"

    def parse(self, text: str) -> str:
        for address in text.split(",") if text else []:
            parts = urlsplit(address)
            has_place = parts.path if parts.scheme == "unix" else parts.hostname
            # `port` raises by itself when it is no number.
            if parts.scheme not in self.schemes or not has_place or parts.port == 0 or re.search(r"\s", address):
                raise ValueError
        return text


@dataclass(frozen=True)
class Hosts:
    allowed = "host names with commas between them, without scheme and port, such as medisupply.example,10.0.0.7"
    allowed_es = (
        "nombres separados por comas, sin esquema ni puerto; `.medisupply.example` vale por todos los que están debajo"
    )

    def parse(self, text: str) -> list[str]:
        hosts = _items(text)
        if not all(HOST.fullmatch(host) for host in hosts):
            raise ValueError
        return hosts


@dataclass(frozen=True)
class Origins:
    """Schemes and hosts, as the header Origin has them."""

    # Whether `https://*.medisupply.example` may stand for all names below it.
    wildcard: bool = False

    allowed = (
        "origins with commas between them, with scheme and without path, such as https://medisupply.example, or empty"
    )
    allowed_es = (
        "orígenes separados por comas, con esquema y sin ruta, como `https://medisupply.example`; vacía: ninguno"
    )

    def parse(self, text: str) -> list[str]:
        origins = _items(text)
        for origin in origins:
            match = ORIGIN.fullmatch(origin)
            if not match or (match["wildcard"] and not self.wildcard):
                raise ValueError
        return origins


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


@dataclass(frozen=True)
class IpAddress:
    """At which this host listens."""

    allowed = "an IP address of this host, such as 127.0.0.1 or 0.0.0.0"
    allowed_es = "dirección IP de este host, como `127.0.0.1` o `0.0.0.0`"

    def parse(self, text: str) -> str:
        return str(ipaddress.ip_address(text))
