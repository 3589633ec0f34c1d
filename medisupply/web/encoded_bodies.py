"""Bodies that are compressed, or chunked and not read by the server, are refused in words.

Read as they are, the first would be called damaged, and the second taken for empty.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from medisupply.api.errors import API_PATH, body
from medisupply.api.json import json_answer
from medisupply.web.bodies import WRITING


class EncodedBodyMiddleware:
    """415 for a body with a `Content-Encoding`, 411 for one without a length: see `medisupply.web.bodies`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "Transfer-Encoding" in request.headers and request.method in WRITING:
            message = _("Envíe la petición con su longitud (Content-Length), no por partes (chunked).")
            return _refusal(request, 411, "length_required", "Content-Length", message)
        encoding = request.headers.get("Content-Encoding", "").strip()
        if encoding.lower() not in ("", "identity"):
            message = _("El cuerpo llegó comprimido (Content-Encoding: %(encoding)s): envíelo sin comprimir.")
            sentence = message % {"encoding": encoding[:50]}
            return _refusal(request, 415, "unsupported_encoding", "Content-Encoding", sentence)
        return self.get_response(request)


def _refusal(request: HttpRequest, status: int, code: str, field: str, sentence: str) -> HttpResponse:
    if request.path.startswith(API_PATH):
        return json_answer(body(code, sentence, [{"field": field, "code": code, "message": sentence}]), status)
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
