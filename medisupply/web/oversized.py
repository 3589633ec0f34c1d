"""Pages refuse a body that is too large before anything reads it: whatever made an answer would read it again."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from medisupply.api.errors import API_PATH

# They receive files, and say themselves what is too large.
FILE_PAGES = ("admin:bulk_upload_bulkupload_add",)


class OversizedBodyMiddleware:
    """413 for pages; the views of the API have their own answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _is_too_large(request):
            return HttpResponse(render_to_string("413.html"), status=413)
        return self.get_response(request)


def _is_too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or ""
    limit = min(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0, settings.BULK_UPLOAD_MAX_BYTES)
    if not length.isdigit() or int(length) <= limit or request.path.startswith(API_PATH):
        return False
    return request.path not in [reverse(name) for name in FILE_PAGES]
