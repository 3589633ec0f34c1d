"""`/health`: the process is up. `/health/ready`: what it needs answers, and what else is amiss.

Answered by a middleware before any other looks at the request: load balancers ask by an address that is no allowed
host, without TLS, and as often as they like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase

from medisupply.readiness import Readiness

readiness = Readiness()


def live() -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "ok"})


def ready() -> JsonResponse:
    """200 when the database and the bucket answer, else 503; the body says what fails, and what is degraded."""
    body = readiness.report()
    return JsonResponse(body, status=503 if body["failing"] else 200)


PAGES: Final[dict[str, Callable[[], JsonResponse]]] = {
    "/health": live,
    "/health/ready": ready,
    # Monitors of the system that this one replaces still ask here.
    "/api/v1/inventory/health": live,
}


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        page = PAGES.get(request.path_info.removesuffix("/"))
        if page is None:
            return self.get_response(request)
        response = page() if request.method in ("GET", "HEAD") else HttpResponseNotAllowed(["GET", "HEAD"])
        if response.content:
            response.content += b"\n"
        response["Cache-Control"] = "no-store"
        # Else gunicorn sends it in chunks, which a simple probe may not read.
        response["Content-Length"] = str(len(response.content))
        return response
