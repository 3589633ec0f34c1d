"""Accept a file: check it, store it, record it, publish it. API and admin call the same function.

The sheet is never parsed here: the answer must come at once, and a hostile file must not reach this
process. The order makes every interruption harmless: a file without a row is an orphan that is set
aside later; a row without a message is published by the sweep.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload import idempotency, progress, queue, snapshots, storage, storage_keys
from bulk_upload.idempotency import UploadIdentity
from bulk_upload.log_fields import of_task, of_upload
from bulk_upload.models import BulkUpload, Operation, Status
from bulk_upload.models.retention import NOTHING_PURGED
from bulk_upload.receiving.file_formats import format_of, format_of_name
from bulk_upload.receiving.file_names import clean_filename
from bulk_upload.receiving.recording import InDoubt, record
from bulk_upload.receiving.refusals import STORAGE_AWAY, RefusedUpload
from bulk_upload.receiving.upload_size import too_large
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.upload_end import report_end
from medisupply.backends.database import DATABASE_AWAY

log = get_logger(__name__)

# Why an upload failed whose content was not judged: sent again, it can go on.
LOST_FILE: Final = ("file_missing", "file_replaced")
# So much of a file's name stands in the log, in characters.
LOGGED_NAME: Final = 60


def accept_upload(
    *,
    file: UploadedFile[bytes] | None,
    sheet: Sheet,
    owner: Model | None,
    user: AbstractBaseUser | AnonymousUser,
    reemplazar_duplicados: bool,
    solo_validar: bool = False,
    idempotency_key: str = "",
) -> BulkUpload:
    """Accept `file`, which holds `sheet`, for `owner`: the upload is stored, recorded and (if SQS answers) published.

    With `solo_validar` it is a plan: see `bulk_upload.plans`.
    What was accepted before is given back, marked as `repeated`: see `bulk_upload.idempotency`.
    Raises `RefusedUpload` (no file or an empty one, too large, no spreadsheet that we read or one under a password, a
    key of other content, store down). After a refusal nothing is left in S3 or the database. Raises `InDoubt` when the
    database went away while it recorded the upload: it may be there, so its file stays.
    """
    if file is None:
        raise RefusedUpload("file_required", _("Falta el archivo: envíelo en el campo «file»."))
    filename = clean_filename(file.name or "")
    named = format_of_name(filename)
    _check_size(file)
    file_format = format_of(file, named)
    owner_key = None if owner is None else owner.pk
    operation = Operation.PLAN if solo_validar else Operation.IMPORT
    digest = _sha256(file)
    identity = UploadIdentity(user.pk, owner_key, sheet.name, digest, reemplazar_duplicados, operation, idempotency_key)
    if upload := _earlier(identity):
        with bound_contextvars(**of_upload(upload)):
            return _with_its_file(upload, file)
    task_id = uuid.uuid4()
    with bound_contextvars(**of_task(task_id, owner_key, sheet.name)):
        stored_key = _store(file, storage_keys.upload_key(task_id, file_format, timezone.now()))
        try:
            upload = record(
                task_id,
                sheet_name=sheet.name,
                proveedor_id=owner_key,
                created_by_id=user.pk,
                filename=filename,
                file_format=file_format,
                s3_key=stored_key,
                size=file.size or 0,
                sha256=digest,
                reemplazar_duplicados=reemplazar_duplicados,
                operation=operation,
                idempotency_key=idempotency_key,
            )
        except InDoubt:
            raise  # The file stays: an upload may need it. If not, the search for orphans finds it.
        except DatabaseError as error:
            storage.discard(stored_key)
            # The same upload, sent at the same time, was faster.
            if isinstance(error, IntegrityError) and (first := _earlier(identity)):
                return first
            raise
        name = upload.filename[:LOGGED_NAME]
        log.info("The upload is accepted", filename=name, bytes=upload.size, format=str(file_format))
        show_and_publish(upload)
    return upload


def publish(upload: BulkUpload) -> bool:
    """Send the upload's next message; `False` when SQS or the database does not take it now.

    The sweep will try again.
    """
    try:
        number = upload.next_publication()
        if number is not None:
            queue.publish(upload.task_id, upload.queue_group, number)
            upload.published()
    except (*queue.QueueFault, *DATABASE_AWAY) as error:
        log.warning("The upload waits to be published", error=error)
        return False
    return True


def cancel_upload(upload: BulkUpload) -> bool:
    """Cancel an upload; `False` when it had ended already."""
    if not upload.cancel():
        return False
    report_end(upload)
    progress.put(snapshots.of(upload))
    return True


def retry_upload(upload: BulkUpload) -> bool:
    """Queue a failed or cancelled upload again, from its checkpoint.

    `False` in any other state, when something of it is no longer kept (`purged.no_retry` says what), when it was
    undone or is about to be, and when the same file, sent again, is on its way already.
    """
    try:
        with transaction.atomic():
            # No undo begins meanwhile.
            BulkUpload.objects.select_for_update(of=("self",)).filter(pk=upload.pk).first()
            if BulkUpload.objects.filter(based_on=upload, operation=Operation.UNDO).exists() or not upload.retry():
                return False
    except IntegrityError:
        return False
    with bound_contextvars(**of_upload(upload)):
        log.info("The upload is queued again", next_row=upload.next_row)
        show_and_publish(upload)
    return True


def show_and_publish(upload: BulkUpload) -> None:
    """The snapshot goes first: after the message a worker's may be there, and a later one would replace it."""
    progress.put(snapshots.of(upload))
    publish(upload)


def _with_its_file(upload: BulkUpload, file: UploadedFile[bytes]) -> BulkUpload:
    """An upload that was sent again. One whose stored file is lost takes the one that has just come."""
    if upload.status == Status.FAILED and upload.error_code in LOST_FILE:
        _revive(upload, _store(file, storage_keys.upload_key(upload.pk, upload.file_format, timezone.now())))
    elif not upload.is_final and _is_lost(upload.s3_key):
        stored_key = _store(file, upload.s3_key)
        if stored_key != upload.s3_key:
            storage.discard(stored_key)  # another repetition was faster
    return upload


def _revive(upload: BulkUpload, stored_key: str) -> None:
    """Let a failed upload go on with the file at `stored_key`, unless another repetition was faster."""
    lost = BulkUpload.objects.filter(NOTHING_PURGED, pk=upload.pk, status=Status.FAILED, error_code__in=LOST_FILE)
    with transaction.atomic():
        revived = lost.update(s3_key=stored_key) and upload.retry()
    if revived:
        log.warning("The upload goes on with the file that was sent again")
        show_and_publish(upload)
    else:
        storage.discard(stored_key)
        upload.refresh_from_db()


def _is_lost(key: str) -> bool:
    try:
        return storage.is_missing(key)
    except storage.StorageDown as error:
        log.warning("Whether the file is still stored is not known", key=key, error=error)
        return False


def _earlier(identity: UploadIdentity) -> BulkUpload | None:
    try:
        return idempotency.earlier(identity)
    except idempotency.KeyReused as error:
        message = idempotency.key_reused_sentence()
        raise RefusedUpload("idempotency_key_reused", message, field="Idempotency-Key") from error


def _check_size(file: UploadedFile[bytes]) -> None:
    if not file.size:
        raise RefusedUpload("empty_file", _("El archivo está vacío (0 bytes)."))
    if file.size > settings.BULK_UPLOAD_MAX_BYTES:
        raise too_large()


def _sha256(file: UploadedFile[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for block in file.chunks(1024 * 1024):
        digest.update(block)
    return digest.hexdigest()


def _store(file: UploadedFile[bytes], key: str) -> str:
    try:
        return storage.save(file, key)
    except storage.StorageDown as error:
        log.error("S3 did not take the file", key=key, error=error)
        raise RefusedUpload("storage_unavailable", str(STORAGE_AWAY)) from error
