"""The counts of uploads beside each other and beside the errors of their rows."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bulk_upload.consistency.differences import Difference, Found, Kind, Note, Scope, named
from bulk_upload.consistency.failing import fail_in_words
from bulk_upload.consistency.slices import slices
from bulk_upload.models import BulkUpload, FileFormat, Operation, RowError, Severity, Status

# A sheet of Excel has so many rows.
# Bytes that deflate makes of one, at most.
DEFLATE_RATIO: Final = 1032
LAST_SHEET_ROW: Final = 1_048_576

COUNTS: Final = Kind(
    "cuentas que no suman", advice="Se restauró solo una parte de la base: restaure todas las tablas de una misma copia"
)
ERRORS: Final = Kind(
    "errores de filas que faltan o sobran",
    advice="El resultado que ve el proveedor está incompleto: restaure todas las tablas de una misma copia",
)
CHECKPOINT: Final = Kind(
    "puntos de control imposibles",
    repair="se da por fallida, en palabras, y el proveedor puede subir el archivo otra vez",
    repaired="se dio por fallida",
)
# Why such an upload fails: see `problem_texts.FILE_TEXTS`.
CODE: Final = "state_damaged"


def look(scope: Scope) -> Found:
    """Sums, errors and checkpoints that cannot be. One statement sees a slice as it is at one moment."""
    uploads = _with_errors(BulkUpload.objects.all())
    if scope.since:
        uploads = uploads.filter(created_at__gte=scope.since)
    count = 0
    for some in slices(uploads):
        count += len(some)
        for upload in some:
            yield from _counts(upload)
            yield from _checkpoint(upload)
    yield Note(f"las cuentas de {count} cargas revisadas")


def _with_errors(uploads: QuerySet[BulkUpload]) -> QuerySet[Any]:
    errors = RowError.objects.filter(upload=OuterRef("pk"), severity=Severity.ERROR, fila__gt=0)
    of_upload = errors.order_by().values("upload")
    return uploads.defer("productos_creados", "productos_actualizados", "header_positions").annotate(
        rows_with_errors=Coalesce(Subquery(of_upload.annotate(n=Count("fila", distinct=True)).values("n")), 0),
        last_error=Coalesce(Subquery(of_upload.annotate(n=Max("fila")).values("n")), 0),
    )


def _counts(upload: Any) -> Found:
    done = upload.procesados + upload.sin_procesar
    if done > upload.total or (upload.is_final and done != upload.total):
        text = (
            f"{named(upload)} tiene {upload.total} filas y cuenta {done}: {upload.creados} creadas, "
            f"{upload.actualizados} actualizadas, {upload.sin_cambios} sin cambios, {upload.rechazados} rechazadas y "
            f"{upload.sin_procesar} sin procesar"
        )
        yield Difference(COUNTS, text)
    if upload.errors_purged_at is None and upload.rechazados != upload.rows_with_errors:
        kept = upload.rows_with_errors
        text = f"{named(upload)} cuenta {upload.rechazados} filas rechazadas y guarda errores de {kept}"
        yield Difference(ERRORS, text)


def _checkpoint(upload: Any) -> Found:
    """Of an upload that may still be imported; one of which something was purged may not."""
    if upload.status == Status.COMPLETED or upload.file_purged_at or upload.errors_purged_at:
        return
    if upload.operation == Operation.UNDO:  # it goes from the end of the file to its beginning
        return
    if not (why := _why_impossible(upload)):
        return
    text = f"{named(upload)} seguiría en la fila {upload.next_row}, pero {why}"
    if upload.is_final:
        yield Difference(COUNTS, f"{text}: si se reintenta, no terminará bien")
    else:
        mend = partial(fail_in_words, upload, CODE)
        yield Difference(CHECKPOINT, f"{text}: no puede terminar bien", mend)


def _last_row(upload: Any) -> int:
    """The last row that the file can have. A line of a CSV has a byte at least, and a .zip may hold a CSV."""
    match upload.file_format:
        case FileFormat.CSV:
            return int(upload.size) + 1
        case FileFormat.ZIP:
            return max(int(upload.size) * DEFLATE_RATIO, LAST_SHEET_ROW)
    return LAST_SHEET_ROW


def _why_impossible(upload: Any) -> str:
    """Why the import cannot have come to this row; empty when it can."""
    # The rows before the checkpoint are the header, at least, and those that were dealt with.
    most_done = max(upload.next_row - 2, 0)
    if upload.procesados > most_done:
        return f"antes de ella caben {most_done} filas y se trataron {upload.procesados}"
    if upload.last_error and upload.last_error >= upload.next_row:
        return f"hay un error de la fila {upload.last_error}"
    last = _last_row(upload)
    if upload.next_row > last + 1:
        return f"el archivo no puede tener más de {last} filas"
    return ""
