"""A name for each request: in the answer's ``X-Request-ID``, and in every line that the log has of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from medisupply.logs.context import REQUEST_ID_HEADER, REQUEST_META_KEY, only

# What a client or a proxy may name a request: nothing that could break a line of the log.
SANE: Final = re.compile(r"[A-Za-z0-9._:-]{8,64}", re.ASCII)


class RequestIdMiddleware:
    """Takes the name from the request when it is a sane one, else makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        name = given if SANE.fullmatch(given) else uuid.uuid4().hex
        # Django logs some events when this has ended, and hands the request along.
        request.META[REQUEST_META_KEY] = name
        with only(request_id=name):
            response = self.get_response(request)
        response[REQUEST_ID_HEADER] = name
        return response
