"""What the operations on uploads have in common in the schema."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.fields import CharField
from rest_framework.serializers import Serializer

from bulk_upload import newer_lists
from bulk_upload.api.access import UNKNOWN_TASK
from bulk_upload.imports import registry
from bulk_upload.receiving.refusals import STORAGE_AWAY
from bulk_upload.workbooks.errors_file import CONTENT_TYPES
from medisupply.api.schema import ErrorCase, in_path

UPLOADS: Final = "Cargas"
HELP: Final = "Ayudas"
XLSX: Final = CONTENT_TYPES["xlsx"]
OCTETS: Final = "application/octet-stream"

TASK: Final = in_path("task_id", "La tarea.", OpenApiTypes.UUID)
SHEET: Final = OpenApiParameter(
    "hoja",
    description="La hoja, por su nombre.",
    enum=list(registry.imports),
    default=next(iter(registry.imports), None),
)
STORAGE: Final = ErrorCase(503, "storage_unavailable", STORAGE_AWAY)
UNKNOWN: Final = ErrorCase(404, "not_found", UNKNOWN_TASK)
GONE: Final = ErrorCase(410, "file_gone", "El archivo ya no está en el almacén de cargas: súbalo otra vez.")
FILE_PURGED: Final = ErrorCase(
    410, "file_purged", "El archivo ya no se conserva: se borró 90 días después de terminar la carga."
)
ERRORS_PURGED: Final = ErrorCase(
    410,
    "errors_purged",
    "Los errores y advertencias de las filas ya no se conservan: se borraron 90 días después de terminar la carga.",
)
CHANGES_PURGED: Final = ErrorCase(
    410,
    "changes_purged",
    "Los valores anteriores ya no se conservan: se borraron 90 días después de terminar la carga.",
)
NEWER_LIST: Final = ErrorCase(
    409,
    newer_lists.CODE,
    "Después de esta lista se importó «precios_febrero.xlsx», recibida el 20 de enero de 2026 a las 10:00: si esta "
    "continuara, mezclaría valores viejos con los nuevos. Si la necesita, cárguela otra vez, primero como plan, para "
    "ver qué cambiaría.",
)
UNKNOWN_SHEET: Final = ErrorCase(400, "unknown_sheet", "La hoja «clientes» no existe.", "hoja")


class SupplierChoice(Serializer[dict[str, Any]]):
    proveedor_id = CharField(required=False, max_length=32, help_text="El proveedor, si el usuario tiene varios.")


def text_file(description: str, kind: OpenApiTypes = OpenApiTypes.STR) -> OpenApiResponse:
    """A CSV file: a text, as generated clients read what is `text/…`."""
    example = OpenApiExample(description, "(el contenido del archivo)", response_only=True)
    return OpenApiResponse(kind, description, examples=[example])


def workbook(description: str) -> dict[Any, OpenApiResponse]:
    """A workbook. It is never sent as `OCTETS`: generated clients that do not know Excel's type read bytes by it."""
    return {(200, kind): text_file(description, OpenApiTypes.BINARY) for kind in (XLSX, OCTETS)}
