"""Counts requests by the name of their route, never by their path: that holds what clients invent."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from medisupply.metrics.declared import HTTP_REQUESTS, HTTP_SECONDS

# Of what was answered before a view was found: unknown addresses, static files, hosts that are not allowed.
NO_ROUTE: Final = "none"


class RequestMetricsMiddleware:
    """Stands around all middlewares but those of health and metrics."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = self.get_response(request)
        route = request.resolver_match.view_name if request.resolver_match else NO_ROUTE
        HTTP_SECONDS.observe(time.monotonic() - began, route)
        HTTP_REQUESTS.add(route, str(response.status_code))
        return response
