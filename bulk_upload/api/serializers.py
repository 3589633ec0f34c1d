"""The wire: what the REST door reads and answers. Names are a contract; add to them, never rename."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bulk_upload.models import BulkUpload, PreparedFile, Status
from bulk_upload.progress import Counts, Detail, Lists, RowProblems, Snapshot
from bulk_upload.wording import in_language, text_of, worded
from bulk_upload.workbooks.prepared_files import progress_sentence

UPLOADS_PATH = "/api/catalog/bulk-upload/"
STATUS_PATH = f"{UPLOADS_PATH}status/"
MESSAGES: Final = {
    Status.COMPLETED: _("Carga masiva completada"),
    Status.FAILED: _("La carga masiva falló"),
    Status.CANCELLED: _("Carga masiva cancelada"),
}
DETAIL: Final = ("columna", "codigo", "mensaje", "valor", "celda")
BLANK_FIELDS: Final = _("Campos obligatorios vacíos")


class UploadOptions(serializers.Serializer[dict[str, Any]]):
    """The options of an upload, from the query or the form."""

    proveedor_id = serializers.CharField(required=False, max_length=32)
    reemplazar_duplicados = serializers.BooleanField(default=False)


def accepted(upload: BulkUpload, message: str, state: str = "") -> dict[str, Any]:
    """The 202's JSON; `state` when it is not the upload's present one that is to be told."""
    return {
        "message": message,
        "task_id": str(upload.task_id),
        "status": state or upload.status,
        "status_url": f"{STATUS_PATH}{upload.task_id}",
        "filename": upload.filename,
        "proveedor_id": upload.proveedor_id,
    }


def preparation(file: PreparedFile) -> dict[str, Any]:
    """How far a file is that a worker makes of an upload."""
    return {
        "status": file.state,
        "message": progress_sentence(file),
        "progress": {"total": file.rows_total, "processed": file.rows_done},
    }


def status(snapshot: Snapshot, language: str) -> dict[str, Any]:
    """The status JSON, worded in `language`."""
    code = snapshot["error_code"]
    return {
        **{name: snapshot[name] for name in ("task_id", "status", "filename", "proveedor_id", "s3_key")},
        **{name: snapshot[name] for name in ("created_at", "updated_at", "started_at", "completed_at")},
        "detected": {name: snapshot[name] for name in ("sheet", "encoding", "delimiter")},
        "progress": _progress(snapshot),
        "result": _result(snapshot, snapshot["lists"], language) if snapshot["lists"] is not None else None,
        "error": text_of(code, snapshot["error_params"], language) if code else None,
        "error_code": code or None,
    }


def summary(snapshot: Snapshot, language: str) -> dict[str, Any]:
    """An upload as a list shows it: the status without its result, with the counts and the address of the whole."""
    body = status(snapshot, language)
    del body["result"]
    return {**body, "resumen": _resumen(snapshot["counts"]), "status_url": f"{STATUS_PATH}{snapshot['task_id']}"}


def _progress(snapshot: Snapshot) -> dict[str, Any]:
    counts = snapshot["counts"]
    total, processed = counts["total"], counts["procesados"]
    speed = snapshot["rows_per_second"]
    running = snapshot["status"] == Status.PROCESSING
    share = processed / total if total else float(snapshot["status"] == Status.COMPLETED)
    return {
        "total": total,
        "processed": processed,
        "successful": counts["exitosos"],
        "failed": counts["rechazados"],
        "percent": round(100 * share, 1),
        "rows_per_second": speed,
        "eta_seconds": round((total - processed) / speed) if running and speed else None,
    }


def _result(snapshot: Snapshot, lists: Lists, language: str) -> dict[str, Any]:
    return {
        "mensaje": in_language(MESSAGES[Status(snapshot["status"])], language),
        "resumen": _resumen(snapshot["counts"]),
        "productos_creados": lists["creados"],
        "productos_actualizados": lists["actualizados"],
        "errores": [row_problem(row, snapshot["columns"], language) for row in lists["errores"]],
        "advertencias": [row_problem(row, snapshot["columns"], language) for row in lists["advertencias"]],
        "listas_truncadas": lists["truncadas"],
        "errores_url": f"{UPLOADS_PATH}{snapshot['task_id']}/errors",
    }


def _resumen(counts: Counts) -> dict[str, int]:
    return {
        "total": counts["total"],
        "exitosos": counts["exitosos"],
        "rechazados": counts["rechazados"],
        "duplicados": counts["duplicados"],
        "productos_creados": counts["creados"],
        "productos_actualizados": counts["actualizados"],
        "sin_cambios": counts["sin_cambios"],
        "sin_procesar": counts["sin_procesar"],
        "cambios_grandes_de_precio": counts["cambios_grandes_de_precio"],
    }


def row_problem(row: RowProblems, columns: dict[str, int], language: str) -> dict[str, Any]:
    """One row's problems: ``{"fila", "error", "detalles": [{columna, codigo, mensaje, valor, celda}]}``."""
    details = [_detail(row["fila"], detail, columns, language) for detail in row["detalles"]]
    return {"fila": row["fila"], "error": _sentence(details, language), "detalles": details}


def _detail(fila: int, detail: Detail, columns: dict[str, int], language: str) -> dict[str, Any]:
    columna, codigo, params, valor = detail["columna"], detail["codigo"], detail["params"], detail["valor"]
    problem = {**worded(fila, columna, codigo, params, valor, language=language, positions=columns)}
    return {name: problem[name] for name in DETAIL}


def _sentence(details: list[dict[str, Any]], language: str) -> str:
    """The row's problems in one line; blank required fields are named together."""
    blank = [detail["columna"] for detail in details if detail["codigo"] == "required_blank"]
    parts = [detail["mensaje"] for detail in details if detail["codigo"] != "required_blank"]
    if blank:
        parts.insert(0, f"{in_language(BLANK_FIELDS, language)}: {', '.join(blank)}")
    return " ".join(part if part.endswith(".") or len(parts) == 1 else f"{part}." for part in parts)
