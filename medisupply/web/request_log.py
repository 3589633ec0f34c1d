"""What the log says of each request: how it was answered, and that it failed, with its traceback."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_metadata
from structlog.contextvars import bind_contextvars

from medisupply.logs.context import REQUEST_META_KEY


class RequestLogMiddleware(RequestMiddleware):
    """Belongs behind `RequestIdMiddleware`, whose name for the request it keeps."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Without the query, which may search for what a supplier sells."""
        return f"{request.method} {request.path}"

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Mapping[str, Any]) -> None:
        """Where the address names an upload, the lines of the request do so, too."""
        with suppress(ValueError):
            if "task_id" in kwargs:
                bind_contextvars(task_id=str(uuid.UUID(str(kwargs["task_id"]))))


@receiver(bind_extra_request_metadata)
def keep_request_id(request: HttpRequest, **_: Any) -> None:
    """In the place of the one that the library has just made."""
    bind_contextvars(request_id=request.META[REQUEST_META_KEY])
