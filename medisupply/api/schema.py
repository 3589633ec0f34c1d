"""The schema of the API: how an operation is described, with an example for every answer.

The texts are for the programmers of suppliers, who read Spanish.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from medisupply.api.request_id import HEADER

View = TypeVar("View", bound=Callable[..., Any])


class Describe(Protocol):
    """Puts a description on a view's method."""

    def __call__(self, method: View, /) -> View: ...


LONG_PATH: Final = "/api/v1/"
JSON: Final = "application/json"

# status: (description, code, sentence)
FAILURES: Final[dict[int, tuple[str, str, str]]] = {
    400: ("Algún dato enviado no es válido.", "invalid", "Los datos enviados no son válidos."),
    401: (
        "Falta el token o no es válido.",
        "not_authenticated",
        "Las credenciales de autenticación no se proveyeron.",
    ),
    403: ("No se permite.", "permission_denied", "Usted no tiene permiso para realizar esta acción."),
    404: ("No existe, o es de otro proveedor.", "not_found", "No encontrado."),
    405: ("El método no se admite en esta dirección.", "method_not_allowed", "Método “TRACE” no permitido."),
    408: (
        "La petición no terminó de llegar.",
        "request_timeout",
        "La petición llegó incompleta o demasiado despacio: envíela otra vez.",
    ),
    409: ("No corresponde al estado de lo que existe.", "conflict", "Lo pedido no corresponde al estado actual."),
    410: ("Existió y ya no está.", "file_gone", "El archivo ya no está en el almacén de cargas: súbalo otra vez."),
    411: (
        "Falta la longitud de la petición.",
        "length_required",
        "Envíe la petición con su longitud (Content-Length), no por partes (chunked).",
    ),
    413: (
        "El archivo es demasiado grande.",
        "file_too_large",
        "El archivo supera el límite de 200 MB: divídalo en varios.",
    ),
    415: (
        "El formato no se admite.",
        "unsupported_format",
        "Se admiten archivos .xlsx y .csv; «precios.pdf» no lo es: guárdelo como .xlsx.",
    ),
    422: ("Está bien formado y no puede hacerse.", "unprocessable", "Lo pedido no puede hacerse."),
    429: (
        "Demasiadas peticiones: espere lo que dice Retry-After.",
        "throttled",
        "Demasiadas peticiones: espere 12 segundos e intente de nuevo.",
    ),
    503: (
        "Un servicio interno no responde: intente de nuevo después de Retry-After segundos.",
        "database_unavailable",
        "La base de datos no responde: intente de nuevo en un momento.",
    ),
}

# Every operation may answer so.
ALWAYS: Final = (429, 503)

HEADERS: Final[dict[str, dict[str, Any]]] = {
    HEADER: {"description": "Nombre de la petición: menciónelo al pedir ayuda.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Segundos de espera antes de volver a preguntar.", "schema": {"type": "integer"}},
    "Location": {"description": "Dirección de lo creado.", "schema": {"type": "string"}},
    "ETag": {"description": "Estado de la respuesta, para If-None-Match.", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "«true» cuando la carga ya se había aceptado.",
        "schema": {"type": "string", "const": "true"},
    },
    "Content-Disposition": {"description": "Nombre del archivo.", "schema": {"type": "string"}},
}
ON_STATUS: Final[dict[str, tuple[str, ...]]] = {
    "201": ("Location",),
    "202": ("Location", "Retry-After", "Idempotency-Replayed"),
    "304": ("ETag", "Retry-After"),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}


# Where the API is, and how a client says who it is.
SERVERS: Final[list[dict[str, Any]]] = [
    {"url": "/", "description": "El sitio que sirve este esquema."},
    {
        "url": "https://{host}",
        "description": "Un sitio de MediSupply.",
        "variables": {"host": {"default": "medisupply.example", "description": "Su nombre."}},
    },
]
SECURITY_SCHEMES: Final = {
    "tokenAuth": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "La palabra `Token`, un espacio y el token de su usuario: `Token 9944b0…`.",
    },
    "cookieAuth": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "La sesión de quien entró en la administración; lo que cambia algo pide también `X-CSRFToken`.",
    },
}


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
    failures: Sequence[int] = (),
    codes: Mapping[int, Sequence[tuple[str, ...]]] | None = None,
    description: str = "",
    parameters: Sequence[Any] = (),
    request: Any = None,
    examples: Sequence[OpenApiExample] = (),
    public: bool = False,
) -> Describe:
    """Describe a view's method: its good `answers`, and its `failures` by status.

    `codes` gives the (code, sentence) pairs of a failure that has its own; a third text names the field at fault.
    """
    failing = sorted({*failures, *ALWAYS, *(() if public else (401,))})
    auth: Any = [] if public else [{"tokenAuth": []}, {"cookieAuth": []}]
    responses = {
        **answers,
        **{(status, JSON): failure(status, (codes or {}).get(status)) for status in failing},
    }
    describe: Describe = extend_schema(
        operation_id=name,
        summary=summary,
        description=description,
        tags=[tag],
        parameters=[LANGUAGE, *parameters],
        request=request,
        responses=responses,
        examples=list(examples),
        auth=auth,
    )
    return describe


def answer(body: Any, description: str, example: Any) -> OpenApiResponse:
    """A good answer with its example."""
    return OpenApiResponse(body, description, examples=[OpenApiExample(description, example, response_only=True)])


def failure(status: int, codes: Sequence[tuple[str, ...]] | None = None) -> OpenApiResponse:
    """An error answer, with an example for each of its codes."""
    description, code, sentence = FAILURES[status]
    usual = {400: "proveedor_id", 413: "file", 415: "file", 411: "Content-Length"}.get(status)
    examples = []
    for each, message, *named in codes or [(code, sentence)]:
        field = named[0] if named else usual
        errors = [{"field": field, "code": each, "message": message}] if field else []
        # A value that is wrong is "invalid", and its field says more; what is wrong with a file has a code of its own.
        whole = "invalid" if status == 400 and field != "file" else each
        value = {"code": whole, "message": message, "errors": errors}
        examples.append(OpenApiExample(each, value, response_only=True, status_codes=[str(status)]))
    return OpenApiResponse(Error, description, examples=examples)


def query(name: str, description: str, schema: Any = str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description, **more)


def header(name: str, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, **more)


LANGUAGE: Final = header("Accept-Language", "Idioma de los mensajes: «es» o «en».", enum=["es", "en"])
PAGE: Final = query("page", "Página, desde 1.", {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 1})
SIZE: Final = query("size", "Entradas por página.", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50})


class NumberedMeta(serializers.Serializer[Any]):
    page = serializers.IntegerField()
    size = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Entradas en todas las páginas.")
    took_ms = serializers.FloatField(help_text="Milisegundos que tomó la consulta.")


NUMBERED_META: Final = {"page": 1, "size": 50, "total": 1, "took_ms": 3.2}


def only_the_long_paths(endpoints: list[tuple[str, str, str, Any]], **more: Any) -> list[tuple[str, str, str, Any]]:
    """Hook: one of the two path families is enough to read, and the slash at the end is not needed."""
    return [
        (path.rstrip("/"), regex, method, callback)
        for path, regex, method, callback in endpoints
        if path.startswith(LONG_PATH)
    ]


def describe_access(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Hook: where the API is, and how a client says who it is. An operation that asks for no token says so.

    A body that an operation knows is never left out: generated clients would take it for an option.
    """
    for operations in result["paths"].values():
        for described in operations.values():
            described.setdefault("security", [])
            if "requestBody" in described:
                described["requestBody"]["required"] = True
    result["components"]["securitySchemes"] = SECURITY_SCHEMES
    return {**result, "servers": SERVERS}


def describe_headers(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Hook: the headers of each answer."""
    for operations in result["paths"].values():
        for described in operations.values():
            for status, response in described["responses"].items():
                names = [HEADER, *ON_STATUS.get(status, ())]
                if "304" in described["responses"] and status == "200":
                    names += ["ETag", "Retry-After"]
                if "application/json" not in response.get("content", {JSON: 1}):
                    names.append("Content-Disposition")
                response.setdefault("headers", {}).update({name: HEADERS[name] for name in names})
    return result
