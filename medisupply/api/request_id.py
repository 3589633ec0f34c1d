"""A name for each request: in the answer's ``X-Request-ID``, and in every line that the log has of it."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER: Final = "X-Request-ID"
META_KEY: Final = "medisupply.api.request_id"
# What a client or a proxy may name a request: nothing that could break a line of the log.
SANE: Final = re.compile(r"[A-Za-z0-9._:-]{8,64}", re.ASCII)

_current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Takes the name from the request when it is a sane one, else makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        name = given if SANE.fullmatch(given) else uuid.uuid4().hex
        # Django logs an error answer when this has ended, and hands the request along.
        request.META[META_KEY] = name
        token = _current.set(name)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(token)
        response[HEADER] = name
        return response


class RequestIdFilter(logging.Filter):
    """Gives every line of the log its `request_id`; ``-`` outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "META", {}).get(META_KEY, _current.get())
        return True
