"""The site's own 404 page also where `DEBUG` is on: `make run` shows people what they will see later."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from medisupply.api.errors import not_found


class NotFoundMiddleware:
    """In the place of Django's list of all addresses, which is in English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if settings.DEBUG and response.status_code == 404 and is_page:
            return not_found(request, Http404())
        return response
