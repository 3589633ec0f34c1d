"""The files of an upload's rejected rows, each made once, by a worker, when somebody asks for it.

The first request records the file and publishes it; all see the same one until the upload's errors change.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from structlog.stdlib import get_logger

from bulk_upload import queue
from bulk_upload.log_fields import of_file
from bulk_upload.models import BulkUpload, FileKind, FileState, PreparedFile, Severity
from medisupply.backends.database import DATABASE_AWAY, database_now

log = get_logger(__name__)

# A file that could not be made is tried again when it is asked for so much later.
AGAIN: Final = timedelta(seconds=60)
# Why a file is not there, beside the problems of the original (`problem_texts.FILE_TEXTS`).
STORAGE_AWAY: Final = "storage_unavailable"
NOT_PREPARED: Final = "not_prepared"
FILE_GONE: Final = "file_missing"


def corrections_of(upload: BulkUpload, language: str) -> PreparedFile:
    """The workbook of the upload's rejected rows in `language` as they are now; a worker makes it if need be."""
    return _prepared(upload, FileKind.WORKBOOK, language[:2])


def rows_of(upload: BulkUpload) -> PreparedFile:
    """As `corrections_of`, for the page on which they are corrected."""
    return _prepared(upload, FileKind.ROWS, "")


def _prepared(upload: BulkUpload, kind: FileKind, language: str) -> PreparedFile:
    unfinished = PreparedFile.objects.unfinished().filter(upload=upload, kind=kind, language=language)
    if waiting := unfinished.order_by("-created_at").first():
        return waiting
    standing = upload.row_errors.filter(severity=Severity.ERROR)
    counts = standing.aggregate(errors=Count("pk"), corrected=Count("pk", filter=Q(corregida=True)))
    file, is_new = PreparedFile.objects.get_or_create(upload=upload, kind=kind, language=language, **counts)
    if is_new:
        publish(file)
    elif file.state == FileState.FAILED and database_now() - file.updated_at >= AGAIN:
        make_again(file)
    return file


def make_again(file: PreparedFile) -> None:
    """Have a file made that failed, or that the bucket has removed."""
    if file.start_again():
        publish(file)
    else:
        file.refresh_from_db()


def publish(file: PreparedFile) -> bool:
    """Send the file's next message; `False` when SQS or the database does not take it now. The sweep tries again."""
    try:
        number = file.next_publication()
        if number is not None:
            queue.publish_file(file.pk, file.upload_id, file.upload.queue_group, number)
            file.published()
    except (*queue.QueueFault, *DATABASE_AWAY) as error:
        log.warning("The file to correct waits to be published", error=error, **of_file(file))
        return False
    return True


def progress_sentence(file: PreparedFile) -> str:
    """How far a file is that is being made."""
    if file.state == FileState.PENDING:
        return _("Las filas por corregir se prepararán enseguida…")
    if not file.rows_total:
        return _("Preparando las filas por corregir…")
    return _("Preparando las filas por corregir: %(done)s de %(total)s.") % {
        "done": intcomma(file.rows_done),
        "total": intcomma(file.rows_total),
    }
