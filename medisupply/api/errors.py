"""One shape for every error of the API: ``{"code", "message", "errors": [{"field", "code", "message"}]}``."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback
from structlog.stdlib import get_logger

from medisupply.api.json import json_answer
from medisupply.api.throttles import refused_wait
from medisupply.backends.database import DATABASE_AWAY

log = get_logger(__name__)

# Seconds after which a client may try again when a service behind us is away.
RETRY_AFTER: Final = "5"
API_PATH: Final = "/api/"

Fields = list[dict[str, str]]


class Conflict(exceptions.APIException):
    """What was asked for does not fit the state of the thing that it was asked of."""

    status_code = 409
    default_code = "conflict"


class Unavailable(exceptions.APIException):
    """A service behind us is away: it helps to try again later."""

    status_code = 503
    default_code = "unavailable"


class FieldConflict(exceptions.ValidationError):
    """As a validation error, but against what exists already."""

    status_code = 409


# What other exceptions than DRF's are answered with.
_answers: Final[list[tuple[type[Exception], Callable[[Any], Response]]]] = []


def answer_with(kind: type[Exception], answer: Callable[[Any], Response]) -> None:
    """Let views raise exceptions of this `kind`: `answer` makes the response."""
    _answers.append((kind, answer))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: whatever a view raised becomes an answer of the API's shape, never a traceback."""
    for kind, answer in _answers:
        if isinstance(error, kind):
            return answer(error)
    known = _known(_counted(error, context["request"]))
    response = drf_exception_handler(known, context)
    if response is None or not isinstance(known, exceptions.APIException):
        return _unforeseen(context)
    response.data = _body(known)
    if response.status_code == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def body(code: str, message: str, errors: Fields | None = None) -> dict[str, Any]:
    """The error answer's JSON."""
    return {"code": code, "message": message, "errors": errors or []}


@csrf_exempt  # nothing is done here, and the answer is JSON for every method
def api_not_found(request: HttpRequest) -> HttpResponse:
    """The view of every address below ``/api/`` that does not exist, whatever the method."""
    return json_answer(body("not_found", _("No se encontró lo que se pidió.")), status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith(API_PATH):
        return defaults.bad_request(request, exception)
    return json_answer(body("bad_request", _("La petición no es válida.")), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith(API_PATH):
        return defaults.permission_denied(request, exception)
    return json_answer(body("permission_denied", str(exceptions.PermissionDenied().detail)), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith(API_PATH):
        return defaults.page_not_found(request, exception)
    return api_not_found(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """A sentence, never a traceback (that is in the log)."""
    if isinstance(sys.exception(), DATABASE_AWAY):  # raised by a middleware: views have `DatabaseAwayMiddleware`
        return database_away(request)
    if not request.path.startswith(API_PATH):
        return defaults.server_error(request)
    return json_answer(_internal(), status=500)


def database_away(request: HttpRequest) -> HttpResponse:
    """503, for a request that the database could not serve. The page is made without asking it again."""
    headers = {"Retry-After": RETRY_AFTER}
    if request.path.startswith(API_PATH):
        return json_answer(_body(_database_unavailable()), status=503, headers=headers)
    return HttpResponse(render_to_string("503.html"), status=503, headers=headers)


def _database_unavailable() -> Unavailable:
    message = _("La base de datos no responde: intente de nuevo en un momento.")
    return Unavailable(message, code="database_unavailable")


def _counted(error: Exception, request: Request) -> Exception:
    """`error`, or `Throttled` in the place of a 401 when there were too many from the address: views count none."""
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        wait = refused_wait(request)
        if wait is not None:
            return exceptions.Throttled(wait)
    return error


def _known(error: Exception) -> Exception:
    """`error` as the exception of DRF that says the same, if there is one."""
    if isinstance(error, DATABASE_AWAY):
        log.error("The database does not answer", error=error)
        return _database_unavailable()
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, UnreadablePostError):
        return _Timeout(_("La petición llegó incompleta o demasiado despacio: envíela otra vez."))
    if isinstance(error, RequestDataTooBig):
        return _TooLarge(_("La petición es demasiado grande."))
    if isinstance(error, exceptions.Throttled):
        message = _("Demasiadas peticiones: espere %(seconds)s segundos e intente de nuevo.")
        # In its place, not given to it: DRF's exception puts its own sentence, half in English, behind.
        error.detail = exceptions.ErrorDetail(
            message % {"seconds": math.ceil(getattr(error, "wait", None) or 1)}, code="throttled"
        )
        return error
    if isinstance(error, SuspiciousOperation | BadRequest):
        return exceptions.ParseError(_("La petición no es válida."), code="bad_request")
    if isinstance(error, exceptions.ParseError) and error.get_codes() == "parse_error":
        return exceptions.ParseError(_("El cuerpo de la petición no se puede leer: revise su formato."))
    return error


class _Timeout(exceptions.APIException):
    status_code = 408
    default_code = "request_timeout"


class _TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "request_too_large"


def _unforeseen(context: dict[str, Any]) -> Response:
    request = context.get("request")
    # Whoever receives this writes the traceback to the log: see `RequestLogMiddleware`.
    got_request_exception.send(sender=None, request=getattr(request, "_request", None))
    set_rollback()
    return Response(_internal(), status=500)


def _internal() -> dict[str, Any]:
    return body("server_error", _("Ocurrió un error interno: intente de nuevo más tarde."))


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        fields = list(_fields(error.detail))
        one = len(fields) == 1
        message = fields[0]["message"] if one else _("Los datos enviados no son válidos.")
        return body(fields[0]["code"] if isinstance(error, FieldConflict) else "invalid", message, fields)
    code = error.get_codes()
    return body(code if isinstance(code, str) else error.default_code, str(error.detail))


def _fields(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested details as a flat list."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            of_all = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from _fields(inner, field if of_all else f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _fields(inner, field)
    else:
        yield {"field": field, "code": getattr(detail, "code", "invalid"), "message": str(detail)}
