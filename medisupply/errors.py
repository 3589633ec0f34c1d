"""One shape for every error of the API: ``{"code", "message", "errors": [{"field", "code", "message"}]}``."""

from __future__ import annotations

import logging
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from bulk_upload.intake import RefusedUpload

log = logging.getLogger(__name__)

# Seconds after which a client may try again when a service behind us is away.
RETRY_AFTER: Final = "5"

Fields = list[dict[str, str]]


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: turn what a view raised into the API's error shape; what is unforeseen stays for Django."""
    if isinstance(error, RefusedUpload):
        return _refused(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = drf_exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    response.data = _body(error)
    return response


def body(code: str, message: str, errors: Fields | None = None) -> dict[str, Any]:
    """The error answer's JSON."""
    return {"code": code, "message": message, "errors": errors or []}


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's 404 below ``/api/``."""
    return JsonResponse(body("not_found", _("No se encontró lo que se pidió.")), status=404)


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's 500 below ``/api/``: a sentence, never a traceback (that is in the log)."""
    return JsonResponse(body("server_error", _("Ocurrió un error interno: intente de nuevo más tarde.")), status=500)


def _refused(error: RefusedUpload) -> Response:
    fields = [{"field": error.field, "code": error.code, "message": error.message}] if error.status < 500 else []
    response = Response(body(error.code, error.message, fields), status=error.status)
    if error.status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        fields = list(_fields(error.detail))
        message = fields[0]["message"] if len(fields) == 1 else _("Los datos enviados no son válidos.")
        return body("invalid", message, fields)
    code = error.get_codes()
    return body(code if isinstance(code, str) else error.default_code, str(error.detail))


def _fields(detail: Any, field: str = "") -> Any:
    """DRF's nested details as a flat list."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _fields(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(inner, field)
    else:
        yield {"field": field, "code": getattr(detail, "code", "invalid"), "message": str(detail)}
