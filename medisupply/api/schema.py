"""The schema of the API: how an operation is described, with an example for every answer.

The texts are for the programmers of suppliers, who read Spanish.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from django_stubs_ext import StrPromise
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

View = TypeVar("View", bound=Callable[..., Any])


class Describe(Protocol):
    """Puts a description on a view's method."""

    def __call__(self, method: View, /) -> View: ...


JSON: Final = "application/json"


@dataclass(frozen=True)
class ErrorCase:
    """An error that an operation may answer with: its status, its code, a sentence, and the field at fault, if any."""

    status: int
    code: str
    sentence: str | StrPromise
    field: str | None = None


# What each status means.
MEANINGS: Final = {
    400: "Algún dato enviado no es válido.",
    401: "Falta el token o no es válido.",
    403: "No se permite.",
    404: "No existe, o es de otro proveedor.",
    408: "La petición no terminó de llegar.",
    409: "No corresponde al estado de lo que existe.",
    410: "Existió y ya no está.",
    411: "Falta la longitud de la petición.",
    413: "El archivo es demasiado grande.",
    415: "El formato no se admite.",
    422: "Está bien formado y no puede hacerse.",
    429: "Demasiadas peticiones: espere lo que dice Retry-After.",
    503: "Un servicio interno no responde: intente de nuevo después de Retry-After segundos.",
}
# The error of its status where an operation names none; those of `ALWAYS` come to those that it names.
USUAL: Final = [
    ErrorCase(400, "invalid", "Los datos enviados no son válidos.", "proveedor_id"),
    ErrorCase(401, "not_authenticated", "Las credenciales de autenticación no se proveyeron."),
    ErrorCase(403, "permission_denied", "Usted no tiene permiso para realizar esta acción."),
    ErrorCase(404, "not_found", "No encontrado."),
    ErrorCase(408, "request_timeout", "La petición llegó incompleta o demasiado despacio: envíela otra vez."),
    ErrorCase(410, "file_gone", "El archivo ya no está en el almacén de cargas: súbalo otra vez."),
    ErrorCase(
        411,
        "length_required",
        "Envíe la petición con su longitud (Content-Length), no por partes (chunked).",
        "Content-Length",
    ),
    ErrorCase(413, "file_too_large", "El archivo supera el límite de 200 MB: divídalo en varios.", "file"),
    ErrorCase(429, "throttled", "Demasiadas peticiones: espere 12 segundos e intente de nuevo."),
    ErrorCase(503, "database_unavailable", "La base de datos no responde: intente de nuevo en un momento."),
]
MEDIA_TYPE: Final = ErrorCase(415, "unsupported_media_type", "Tipo de medio “text/csv” incompatible en la solicitud.")

# Every operation may answer so.
ALWAYS: Final = (429, 503)
# Who gives such a parameter may be answered so.
OF_PARAMETERS: Final = {OpenApiParameter.QUERY: 400, OpenApiParameter.PATH: 404}


class FieldError(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="El dato; vacío cuando es de toda la petición.", allow_blank=True)
    code = serializers.CharField(help_text="Para programas: no cambia ni se traduce.")
    message = serializers.CharField(help_text="Para personas, en el idioma pedido.")


class Error(serializers.Serializer[Any]):
    """Toda respuesta de error tiene esta forma."""

    code = serializers.CharField(help_text="Para programas: no cambia ni se traduce.")
    message = serializers.CharField(help_text="Para personas, en el idioma de Accept-Language.")
    errors: Any = FieldError(many=True)  # DRF's own serializers have an attribute of that name


def operation(
    name: str,
    summary: str,
    *,
    tag: str,
    answers: Mapping[Any, OpenApiResponse],
    errors: Sequence[int | ErrorCase] = (),
    description: str = "",
    parameters: Sequence[Any] = (),
    request: Any = None,
    examples: Sequence[OpenApiExample] = (),
    public: bool = False,
) -> Describe:
    """Describe a view's method: its good `answers`, and its `errors`, those without a code of their own by status.

    `parameters` are drf-spectacular's, or serializers of the query. What they may be refused with goes without saying.
    """
    named = [error for error in errors if isinstance(error, ErrorCase)]
    statuses = {error if isinstance(error, int) else error.status for error in errors}
    places = {getattr(parameter, "location", OpenApiParameter.QUERY) for parameter in parameters}
    implied = {status for place, status in OF_PARAMETERS.items() if place in places}
    failing = sorted({*statuses, *implied, *ALWAYS, *(() if public else (401,))})
    describe: Describe = extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        tags=[tag],
        parameters=[LANGUAGE, *parameters],
        responses={**answers, **{(status, JSON): _failure(status, named) for status in failing}},
        request=request,
        examples=list(examples),
        auth=[] if public else [{"tokenAuth": []}, {"cookieAuth": []}],  # type: ignore[list-item]  # as OpenAPI has it
    )
    return describe


def answer(body: Any, description: str, example: Any = None) -> OpenApiResponse:
    """A good answer with its example."""
    example = example_of(body) if example is None else example
    return OpenApiResponse(body, description, examples=[OpenApiExample(description, example, response_only=True)])


def example_of(shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The example of a serializer whose fields have theirs, as `initial`."""
    fields = shape().fields.items()
    return {name: None if field.initial is None else field.to_representation(field.initial) for name, field in fields}


def _failure(status: int, named: Sequence[ErrorCase]) -> OpenApiResponse:
    """An error answer, with an example for each of its codes."""
    examples = []
    cases = [case for case in named if case.status == status]
    if status in ALWAYS or not cases:
        cases += [case for case in USUAL if case.status == status]
    for case in cases:
        errors = [] if case.field is None else [{"field": case.field, "code": case.code, "message": case.sentence}]
        # A value that is wrong is "invalid", and its field says more; what is wrong with a file has a code of its own.
        code = "invalid" if status == 400 and case.field != "file" else case.code
        value = {"code": code, "message": case.sentence, "errors": errors}
        examples.append(OpenApiExample(case.code, value, response_only=True, status_codes=[str(status)]))
    return OpenApiResponse(Error, MEANINGS[status], examples=examples)


def header(name: str, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, **more)


def in_path(name: str, description: str, schema: Any = str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=description)


LANGUAGE: Final = header("Accept-Language", "Idioma de los mensajes: «es» o «en».", enum=["es", "en"])
