"""The wire: what the REST door reads and answers. Names are a contract; add to them, never rename."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from bulk_upload.cells import column_letter
from bulk_upload.models import BulkUpload, Status
from bulk_upload.problems import text_of
from bulk_upload.progress import Snapshot

STATUS_PATH = "/api/catalog/bulk-upload/status/"
MESSAGES = {
    Status.COMPLETED: ("Carga masiva completada", "Bulk upload completed"),
    Status.FAILED: ("La carga masiva falló", "The bulk upload failed"),
    Status.CANCELLED: ("Carga masiva cancelada", "Bulk upload cancelled"),
}


class UploadOptions(serializers.Serializer[dict[str, Any]]):
    """The options of an upload, from the query or the form."""

    proveedor_id = serializers.CharField(required=False, max_length=32)
    reemplazar_duplicados = serializers.BooleanField(default=False)


def accepted(upload: BulkUpload, message: str) -> dict[str, Any]:
    """The 202's JSON."""
    return {
        "message": message,
        "task_id": str(upload.task_id),
        "status": upload.status,
        "status_url": f"{STATUS_PATH}{upload.task_id}",
        "filename": upload.filename,
        "proveedor_id": upload.proveedor_id,
    }


def status(snapshot: Snapshot, language: str) -> dict[str, Any]:
    """The status JSON, worded in `language`."""
    counts = snapshot["counts"]
    code = snapshot["error_code"]
    return {
        **{name: snapshot[name] for name in ("task_id", "status", "filename", "proveedor_id", "s3_key")},
        **{name: snapshot[name] for name in ("created_at", "updated_at", "started_at", "completed_at")},
        "detected": {name: snapshot[name] for name in ("sheet", "encoding", "delimiter")},
        "progress": {
            "total": counts["total"],
            "processed": counts["procesados"],
            "successful": counts["exitosos"],
            "failed": counts["rechazados"],
        },
        "result": _result(snapshot, language) if snapshot["lists"] is not None else None,
        "error": text_of(code, snapshot["error_params"], language) if code else None,
        "error_code": code or None,
    }


def _result(snapshot: Snapshot, language: str) -> dict[str, Any]:
    counts, lists = snapshot["counts"], snapshot["lists"]
    es, en = MESSAGES[snapshot["status"]]
    return {
        "mensaje": en if language.startswith("en") else es,
        "resumen": {
            "total": counts["total"],
            "exitosos": counts["exitosos"],
            "rechazados": counts["rechazados"],
            "duplicados": counts["duplicados"],
            "productos_creados": counts["creados"],
            "productos_actualizados": counts["actualizados"],
            "sin_cambios": counts["sin_cambios"],
            "sin_procesar": counts["sin_procesar"],
        },
        "productos_creados": lists["creados"],
        "productos_actualizados": lists["actualizados"],
        "errores": [row_problem(row, snapshot["columns"], language) for row in lists["errores"]],
        "advertencias": [row_problem(row, snapshot["columns"], language) for row in lists["advertencias"]],
        "listas_truncadas": lists["truncadas"],
    }


def row_problem(row: dict[str, Any], columns: dict[str, int], language: str) -> dict[str, Any]:
    """One row's problems: ``{"fila", "error", "detalles": [{columna, codigo, mensaje, valor, celda}]}``."""
    details = [_detail(row["fila"], detail, columns, language) for detail in row["detalles"]]
    return {"fila": row["fila"], "error": _sentence(details, language), "detalles": details}


def _detail(fila: int, detail: dict[str, Any], columns: dict[str, int], language: str) -> dict[str, Any]:
    position = columns.get(detail["columna"])
    return {
        "columna": detail["columna"],
        "codigo": detail["codigo"],
        "mensaje": text_of(detail["codigo"], detail["params"], language),
        "valor": detail["valor"],
        "celda": f"{column_letter(position)}{fila}" if position is not None and fila else None,
    }


def _sentence(details: list[dict[str, Any]], language: str) -> str:
    """The row's problems in one line; blank required fields are named together."""
    blank = [detail["columna"] for detail in details if detail["codigo"] == "required_blank"]
    parts = [detail["mensaje"] for detail in details if detail["codigo"] != "required_blank"]
    if blank:
        title = "Required fields are blank" if language.startswith("en") else "Campos obligatorios vacíos"
        parts.insert(0, f"{title}: {', '.join(blank)}")
    return " ".join(part if part.endswith(".") or len(parts) == 1 else f"{part}." for part in parts)
