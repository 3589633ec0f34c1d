"""Compressed bodies are refused in words: read as they are, they would be called damaged."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from medisupply.api.errors import API_PATH, body
from medisupply.api.json import json_answer


class EncodedBodyMiddleware:
    """415 for a body with a `Content-Encoding`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        encoding = request.headers.get("Content-Encoding", "").strip()
        if encoding.lower() in ("", "identity"):
            return self.get_response(request)
        message = _("El cuerpo llegó comprimido (Content-Encoding: %(encoding)s): envíelo sin comprimir.")
        sentence = message % {"encoding": encoding[:50]}
        if request.path.startswith(API_PATH):
            field = {"field": "Content-Encoding", "code": "unsupported_encoding", "message": sentence}
            return json_answer(body("unsupported_encoding", sentence, [field]), 415)
        return HttpResponse(f"{sentence}\n", status=415, content_type="text/plain; charset=utf-8")
