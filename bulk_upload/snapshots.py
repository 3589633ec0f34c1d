"""An upload's whole state as plain data without language: what the cache holds and the API words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import db
from structlog.stdlib import get_logger

from bulk_upload import progress
from bulk_upload.log_fields import of_upload
from bulk_upload.models import LISTED, BulkUpload, Operation, RowError, Severity, Status, iso_utc
from bulk_upload.progress import Counts, Detail, Lists, RowProblems, Snapshot

log = get_logger(__name__)


def show(upload: BulkUpload) -> None:
    """Show clients what the database says of `upload` now, whatever the instance holds. Never fails.

    For the end of an attempt, for deliveries of what has ended, and for the sweep: a state whose snapshot could not
    be written is shown at last. Not within a transaction, which a fault of the database would spoil.
    """
    progress.forget_of_last_release(upload.pk)
    try:
        now = BulkUpload.objects.filter(pk=upload.pk).first()
        shown = progress.get(upload.pk)
        if now is not None and (shown is None or shown["revision"] != now.revision):
            progress.put(of(now))
    except db.Error as error:
        log.warning("The state of the upload could not be shown", error=error, **of_upload(upload))


def of(upload: BulkUpload) -> Snapshot:
    """The snapshot of `upload`; one that has ended carries its lists (at most `LISTED` entries each)."""
    if not upload.is_final:
        return head(upload)
    return {**head(upload), "lists": _lists(upload), "undone_by": _undone_by(upload)}


def head(upload: BulkUpload) -> Snapshot:
    """The snapshot without its lists and what has undone it. No query is made but one for a plan that has ended."""
    return {
        "revision": upload.revision,
        "task_id": str(upload.task_id),
        "status": upload.status,
        "filename": upload.filename,
        "proveedor_id": upload.proveedor_id,
        "s3_key": upload.s3_key,
        "created_at": iso_utc(upload.created_at),
        "updated_at": iso_utc(upload.updated_at),
        "started_at": iso_utc(upload.started_at),
        "completed_at": iso_utc(upload.completed_at),
        "sheet_name": upload.sheet_name,
        "sheet": upload.sheet,
        "encoding": upload.encoding,
        "delimiter": upload.delimiter,
        "columns": upload.header_positions,
        "counts": _counts(upload),
        "rows_per_second": _speed(upload),
        "lists": None,
        "error_code": upload.error_code,
        "error_params": upload.error_params,
        "file_purged_at": iso_utc(upload.file_purged_at),
        "errors_purged_at": iso_utc(upload.errors_purged_at),
        "operation": upload.operation,
        "based_on": str(upload.based_on_id) if upload.based_on_id else None,
        "undone_by": None,
        "applied": _is_applied(upload),
        "guard": (upload.guard or {}).get("stopped", []),
    }


def _is_applied(upload: BulkUpload) -> bool:
    if upload.operation != Operation.PLAN or upload.status != Status.COMPLETED:
        return False
    return hasattr(upload, "followed_by")


def _counts(upload: BulkUpload) -> Counts:
    return {
        "total": upload.total,
        # The database computes the column; an instance in memory may be ahead of what it read.
        "exitosos": upload.creados + upload.actualizados + upload.sin_cambios,
        "rechazados": upload.rechazados,
        "duplicados": upload.duplicados,
        "creados": upload.creados,
        "actualizados": upload.actualizados,
        "sin_cambios": upload.sin_cambios,
        "sin_procesar": upload.sin_procesar,
        "cambios_grandes_de_precio": upload.cambios_grandes_de_precio,
        "eliminados": upload.eliminados,
        "procesados": upload.procesados,
    }


def _speed(upload: BulkUpload) -> float | None:
    """The average of an upload that has ended. How fast one is that runs, only its worker knows: see `speed`."""
    if upload.started_at is None or upload.completed_at is None or not upload.procesados:
        return None
    seconds = (upload.completed_at - upload.started_at).total_seconds()
    return round(upload.procesados / max(seconds, 0.001), 1)


def _undone_by(upload: BulkUpload) -> str | None:
    undo = BulkUpload.objects.filter(based_on=upload, operation=Operation.UNDO).values_list("pk", flat=True).first()
    return str(undo) if undo else None


def _lists(upload: BulkUpload) -> Lists:
    errors, more_errors = _problems(upload, Severity.ERROR)
    warnings, more_warnings = _problems(upload, Severity.WARNING)
    return {
        "creados": upload.productos_creados,
        "actualizados": upload.productos_actualizados,
        "errores": errors,
        "advertencias": warnings,
        "truncadas": more_errors
        or more_warnings
        or upload.creados > len(upload.productos_creados)
        or upload.actualizados > len(upload.productos_actualizados),
    }


def _problems(upload: BulkUpload, severity: Severity) -> tuple[list[RowProblems], bool]:
    """The problems of the first `LISTED` rows that have any, a row each, and whether there are more rows."""
    if upload.errors_purged_at:
        return [], False
    found = RowError.objects.filter(upload=upload, severity=severity).values(
        "fila", "columna", "codigo", "params", "valor"
    )
    rows: list[RowProblems] = []
    for fila, details in groupby(found.iterator(2000), key=lambda problem: problem["fila"]):
        if len(rows) == LISTED:
            return rows, True
        rows.append({"fila": fila, "detalles": [_detail(problem) for problem in details]})
    return rows, False


def _detail(problem: Mapping[str, Any]) -> Detail:
    return {
        "columna": problem["columna"],
        "codigo": problem["codigo"],
        "params": problem["params"],
        "valor": problem["valor"],
    }
