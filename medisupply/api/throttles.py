"""How often one client may ask. The counters live in the cache; without it nobody is refused."""

from __future__ import annotations

import hashlib
import math
import time
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from medisupply.backends import shared_cache

if TYPE_CHECKING:  # it reads the settings, which name this module
    from rest_framework.views import APIView

WAIT_KEY: Final = "medisupply.login_wait"
PERIODS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class WindowThrottle(BaseThrottle):
    """So many requests of a `scope` in each window of time, for each user (or address, when unknown).

    The rates stand in ``settings.API_THROTTLES``, such as ``"60/min"``; an empty one is no limit. A
    counter for each window costs one step of the cache; a list of moments would grow with the rate.
    """

    scope = ""
    # What the counter is called: throttles of one scope may count apart.
    counter = ""

    def __init__(self) -> None:
        self._wait: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        return self.count(request)

    def count(self, request: Request | HttpRequest) -> bool:
        """Count the request; returns whether it is within the limit."""
        rate = settings.API_THROTTLES.get(self.scope, "")
        if not rate:
            return True
        limit, period = parse_rate(rate)
        window, passed = divmod(time.time(), period)
        count = shared_cache.count(f"throttle:{self.counter or self.scope}:{self._who(request)}:{int(window)}", period)
        if count is None or count <= limit:
            return True
        self._wait = period - passed
        return False

    def wait(self) -> float | None:
        return self._wait

    def _who(self, request: Any) -> str:
        if request.user and request.user.is_authenticated:
            return f"user:{request.user.pk}"
        return f"address:{_digest(self.get_ident(request))}"


class UploadThrottle(WindowThrottle):
    scope = "uploads"


class StatusThrottle(WindowThrottle):
    scope = "status"


class GeneralThrottle(WindowThrottle):
    """For all addresses that have no other one."""

    scope = "all"


class ExportThrottle(WindowThrottle):
    """Files that are made or fetched for one request: see `count_export`."""

    scope = "exports"


class AddressThrottle(WindowThrottle):
    """Counts by address also who is known."""

    def _who(self, request: Any) -> str:
        return f"address:{_digest(self.get_ident(request))}"


class PasswordThrottle(WindowThrottle):
    """Old passwords that are given in order to change them, for each user."""

    scope = "login"


class LoginThrottle(AddressThrottle):
    scope = "login"


class GuardThrottle(LoginThrottle):
    """Passwords that are tried in any form: see `LoginGuard`."""

    counter = "guard"


class RefusedThrottle(AddressThrottle):
    """For requests without a valid token. Who has one is never refused: others may have the same address."""

    scope = "refused"


class LoginGuard:
    """The first authentication backend: ends the guessing of passwords from one address, in API and admin.

    It knows no users, and so is no `BaseBackend`: it counts attempts and refuses too many. It counts by
    address and not by name, so that nobody can lock out somebody else. `login_wait` says why they were refused.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, **credentials: Any
    ) -> AbstractBaseUser | None:
        if username and request is not None and (wait := _wait(GuardThrottle(), request)):
            request.META[WAIT_KEY] = wait
            raise PermissionDenied
        return None


def count_password_change(request: HttpRequest) -> None:
    """Count a try to change the own password; `login_wait` says afterwards whether there were too many."""
    if wait := _wait(PasswordThrottle(), request):
        request.META[WAIT_KEY] = wait


def count_export(request: Request) -> None:
    """Count a file that is about to be sent. Raises `Throttled` when there were too many."""
    if wait := _wait(ExportThrottle(), request):
        raise Throttled(wait)


def refused_wait(request: Request) -> int | None:
    """Count a request that gets 401; seconds to wait when its address has had too many."""
    return _wait(RefusedThrottle(), request)


def too_many_exports(request: HttpRequest) -> HttpResponse | None:
    """As `count_export`, for pages: the page that refuses, when there were too many."""
    wait = _wait(ExportThrottle(), request)
    if wait is None:
        return None
    page = render_to_string("429.html", {"seconds": wait}, request)
    return HttpResponse(page, status=429, headers={"Retry-After": str(wait)})


def login_wait(request: HttpRequest | None) -> int | None:
    """Seconds until a password may be tried again; `None` when that is not why `request` was refused."""
    return request.META.get(WAIT_KEY) if request is not None else None


def parse_rate(rate: str) -> tuple[int, int]:
    """``"60/min"`` → (60, 60): requests, and seconds."""
    number, _, period = rate.partition("/")
    return int(number), PERIODS[period[:1]]


def _wait(throttle: WindowThrottle, request: Request | HttpRequest) -> int | None:
    return None if throttle.count(request) else math.ceil(throttle.wait() or 0)


def _digest(text: str | None) -> str:
    """A key for what a stranger wrote: short, and without characters that a cache refuses."""
    return hashlib.sha256((text or "").encode("utf-8", "replace")).hexdigest()[:32]
