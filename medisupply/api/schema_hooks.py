"""What all operations of the schema have in common: headers, and how a client says who it is."""

from __future__ import annotations

from typing import Any, Final

from medisupply.api.schema import JSON
from medisupply.logs.context import REQUEST_ID_HEADER

LONG_PATH: Final = "/api/v1/"

HEADERS: Final[dict[str, dict[str, Any]]] = {
    REQUEST_ID_HEADER: {
        "description": "Nombre de la petición: menciónelo al pedir ayuda.",
        "schema": {"type": "string"},
    },
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


def only_the_long_paths(endpoints: list[tuple[str, str, str, Any]], **more: Any) -> list[tuple[str, str, str, Any]]:
    """Hook: one of the two path families is enough to read, and the slash at the end is not needed."""
    return [
        (path.rstrip("/"), regex, method, callback)
        for path, regex, method, callback in endpoints
        if path.startswith(LONG_PATH)
    ]


def describe_all(result: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Hook: how a client says who it is, and the headers of each answer.

    An operation that asks for no token says so. A body that an operation knows is never left out: generated clients
    would take it for an option.
    """
    result["components"]["securitySchemes"] = SECURITY_SCHEMES
    for operations in result["paths"].values():
        for described in operations.values():
            described.setdefault("security", [])
            if "requestBody" in described:
                described["requestBody"]["required"] = True
            for status, response in described["responses"].items():
                names = [REQUEST_ID_HEADER, *ON_STATUS.get(status, ())]
                if "304" in described["responses"] and status == "200":
                    names += ["ETag", "Retry-After"]
                if "application/json" not in response.get("content", {JSON: 1}):
                    names.append("Content-Disposition")
                response.setdefault("headers", {}).update({name: HEADERS[name] for name in names})
    return result
