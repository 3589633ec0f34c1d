"""A database that is away is no error of ours: pages answer 503 and say when to come back."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from structlog.stdlib import get_logger

from medisupply.api import errors
from medisupply.backends.database import DATABASE_AWAY

log = get_logger(__name__)


class DatabaseAwayMiddleware:
    """For the views that are not of the API, which has `errors.exception_handler`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, DATABASE_AWAY):
            return None
        log.error("The database does not answer", error=exception)
        return errors.database_away(request)
