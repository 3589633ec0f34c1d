"""What the database says, read by plain SQL."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection

from bulk_upload.tests.helpers.oracle import HEADER

UPLOAD: Final = (
    *("task_id", "proveedor_id", "number", "status", "filename", "s3_key", "created_at", "updated_at", "started_at"),
    *("completed_at", "sheet", "encoding", "delimiter", "total", "creados", "actualizados", "sin_cambios"),
    *("rechazados", "sin_procesar", "duplicados", "next_row", "productos_creados", "productos_actualizados"),
    *(
        "cambios_grandes_de_precio",
        "eliminados",
        "error_code",
        "published_at",
        "claim_number",
        "attempts",
        "lease_until",
    ),
)
PRODUCT: Final = (
    *("categoria_id" if name == "categoria" else name for name in HEADER),
    *("version", "created_by_upload", "changed_by_upload"),
)
ROW_ERROR: Final = ("fila", "columna", "codigo", "severity")


def upload(task_id: str) -> dict[str, Any] | None:
    """One upload's row, with dates in UTC and lists as such."""
    found = _rows(f"SELECT {', '.join(UPLOAD)} FROM bulk_upload_bulkupload WHERE task_id = %s", _uuid(task_id))  # noqa: S608
    return dict(zip(UPLOAD, map(_plain, found[0]), strict=True)) if found else None


def based_on(task_id: str) -> str | None:
    """The application of a plan, or the undo of an upload."""
    found = _rows("SELECT task_id FROM bulk_upload_bulkupload WHERE based_on_id = %s", _uuid(task_id))
    return _text_uuid(found[0][0]) if found else None


def unfinished() -> list[str]:
    found = _rows("SELECT task_id FROM bulk_upload_bulkupload WHERE completed_at IS NULL")
    return [_text_uuid(row[0]) for row in found]


def count_uploads() -> int:
    return int(_rows("SELECT count(*) FROM bulk_upload_bulkupload")[0][0])


def file_keys() -> set[str]:
    """Of all uploads but undos, which have no file."""
    return {str(row[0]) for row in _rows("SELECT s3_key FROM bulk_upload_bulkupload WHERE s3_key <> ''")}


def categories(prefix: str) -> set[str]:
    found = _rows("SELECT nombre FROM catalog_category WHERE nombre LIKE %s", f"{prefix}%")
    return {str(row[0]) for row in found}


def row_errors(task_id: str) -> list[tuple[int, str, str, str]]:
    """(row, column, code, severity), in the order of the file."""
    sql = f"SELECT {', '.join(ROW_ERROR)} FROM bulk_upload_rowerror WHERE upload_id = %s ORDER BY fila, id"  # noqa: S608
    return [(row[0], row[1], row[2], row[3]) for row in _rows(sql, _uuid(task_id))]


def products(supplier: str) -> dict[str, dict[str, Any]]:
    """A supplier's products by id; dates apart, all that an import writes."""
    found = _rows(f"SELECT {', '.join(PRODUCT)} FROM catalog_product WHERE proveedor_id = %s", supplier)  # noqa: S608
    result = {}
    for row in found:
        values = dict(zip(PRODUCT, row, strict=True))
        values["precio_unitario"] = f"{values['precio_unitario']:.2f}"
        for name in ("created_by_upload", "changed_by_upload"):
            values[name] = _text_uuid(values[name])
        for name in ("requiere_lote", "requiere_vencimiento"):
            values[name] = bool(values[name])
        result[values["id"]] = values
    return result


def _rows(sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _plain(value: Any) -> Any:
    """SQLite gives texts where PostgreSQL gives dates and JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, str) and value[:1] in ("[", "{"):
        return json.loads(value)
    return value


def _uuid(task_id: str) -> str:
    return task_id if connection.vendor == "postgresql" else task_id.replace("-", "")


def _text_uuid(value: Any) -> str:
    """A UUID as the API writes it; ``""`` for none."""
    return str(uuid.UUID(str(value))) if value else ""
