"""`/metrics`: what Prometheus reads of the web, for those who send `METRICS_TOKEN`. Without one there is no such page.

Answered by a middleware before any other looks at the request: Prometheus asks by an address that is no allowed host,
without TLS. What gunicorn's processes count is added up from files of theirs (prometheus_client's multiprocess mode);
figures of database and queue are read by whichever of them is asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from medisupply.metrics.access import CHALLENGE, is_allowed
from medisupply.metrics.declared import WEB
from medisupply.readings import Readings

PATH: Final = "/metrics"
# Set by deploy/gunicorn_config.py.
PROCESSES_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

readings: Final = Readings()


class MetricsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response
        for metric in WEB:
            metric.start()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.removesuffix("/") != PATH:
            return self.get_response(request)
        if not is_allowed(request.headers.get("Authorization", "")):
            refusal = HttpResponse(status=401)
            refusal["WWW-Authenticate"] = CHALLENGE
            return refusal
        return page(request) if request.method == "GET" else HttpResponseNotAllowed(["GET"])


def page(request: HttpRequest) -> HttpResponse:
    """All metrics, in the format that the request accepts."""
    registry = CollectorRegistry()
    registry.register(readings)
    if PROCESSES_FOLDER in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    response = HttpResponse(encode(registry), content_type=content_type)
    response["Cache-Control"] = "no-store"
    return response
