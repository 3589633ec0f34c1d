"""What must not be together: settings that are safe on a developer's machine and an invitation in production."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)

from medisupply.environment.declarations import declared
from medisupply.environment.metrics import port_without_token
from medisupply.environment.retention import drafts_kept_longer_than_files, kept_longer_than_the_upload
from medisupply.environment.site import Application, Transport

# Names that only a network of one's own knows (RFC 6761, RFC 6762, and the one that ICANN reserved).
LOCAL_NAMES: Final = ("localhost", ".localhost", ".test", ".local", ".internal")
MAKE_A_KEY: Final = 'python -c "import secrets; print(secrets.token_urlsafe(50))"'


def problems_together() -> list[str]:
    """A sentence for each; every single variable must have been found to make sense before."""
    together = [*kept_longer_than_the_upload(), *drafts_kept_longer_than_files(), *port_without_token()]
    if Application.DEBUG.read():
        return [*_debug_in_public(), *together]
    return [*together, *_missing(), *_weak_key(), *_any_host(), *_proxies_not_counted()]


def _debug_in_public() -> Iterator[str]:
    public = [host for host in Application.ALLOWED_HOSTS.read() if not _is_local(host)]
    if public:
        yield (
            f"DEBUG=true cannot be used with {', '.join(public)} in ALLOWED_HOSTS: strangers would see tracebacks and "
            "settings, and log in with demo accounts. Set DEBUG=false, or leave only local names in ALLOWED_HOSTS."
        )


def _missing() -> Iterator[str]:
    for variable in declared():
        if variable.required and not variable.is_set():
            yield (
                f"The environment variable {variable.name} is not set: production (DEBUG=false) needs it. "
                "On a developer's machine set DEBUG=true."
            )


def _weak_key() -> Iterator[str]:
    key = Application.SECRET_KEY.read()
    short = len(key) < SECRET_KEY_MIN_LENGTH or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
    if Application.SECRET_KEY.is_set() and (short or key.startswith(SECRET_KEY_INSECURE_PREFIX)):
        yield (
            "The environment variable SECRET_KEY holds a placeholder, a key for development or one that is too short: "
            f"production (DEBUG=false) needs {SECRET_KEY_MIN_LENGTH} or more random characters. Make one with: "
            f"{MAKE_A_KEY}"
        )


def _any_host() -> Iterator[str]:
    if "*" in Application.ALLOWED_HOSTS.read():
        yield (
            "ALLOWED_HOSTS holds *, which is every name: whoever sends a request could choose the host of the links in "
            "the answer. Production (DEBUG=false) needs the names of the site, such as medisupply.example."
        )


def _proxies_not_counted() -> Iterator[str]:
    if Transport.SECURE_SSL_REDIRECT.read() and not Transport.TRUSTED_PROXIES.read():
        yield (
            "TRUSTED_PROXIES is 0 and SECURE_SSL_REDIRECT is true: only the X-Forwarded-Proto of a proxy says which "
            "requests came by https, and the limits of logins would count the proxy's address. Set TRUSTED_PROXIES to "
            "the number of proxies in front of the site, or SECURE_SSL_REDIRECT=false in a network of your own."
        )


def _is_local(host: str) -> bool:
    """Whether the public cannot reach it: a name without a dot or of a reserved domain, or a private address."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        name = host.lower().rstrip(".")
        return name != "*" and ("." not in name or name.endswith(LOCAL_NAMES))
