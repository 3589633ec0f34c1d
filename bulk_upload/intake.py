"""Accept a file: check it, store it, record it, publish it. API and admin call the same function.

The sheet is never parsed here: the answer must come at once, and a hostile file must not reach this
process. The order makes every interruption harmless: a file without a row is an orphan that is set
aside later; a row without a message is published by the sweep.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any, Final

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
from bulk_upload.models import BulkUpload, FileFormat, Operation, Status
from bulk_upload.models.retention import NOTHING_PURGED
from bulk_upload.newer_lists import newer_list
from bulk_upload.receiving.file_formats import format_of, format_of_name
from bulk_upload.receiving.file_names import clean_filename
from bulk_upload.receiving.recording import InDoubt, record
from bulk_upload.receiving.refusals import STORAGE_AWAY, RefusedUpload
from bulk_upload.receiving.upload_size import too_large
from bulk_upload.retries import no_retry
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.upload_end import report_end
from medisupply.backends.database import DATABASE_AWAY

log = get_logger(__name__)

# Why an upload failed whose content was not judged: sent again, it can go on.
LOST_FILE: Final = ("file_missing", "file_replaced")
# So much of a file's name stands in the log, in characters.
LOGGED_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that was sent and may be stored."""

    file: UploadedFile[bytes]
    filename: str
    file_format: FileFormat
    sha256: str

    @property
    def fields(self) -> dict[str, Any]:
        """What is recorded of it."""
        return {
            "filename": self.filename,
            "file_format": self.file_format,
            "size": self.file.size or 0,
            "sha256": self.sha256,
        }


def check_file(file: UploadedFile[bytes] | None) -> CheckedFile:
    """What can be said of a file without reading its content. Raises `RefusedUpload`."""
    if file is None:
        raise RefusedUpload("file_required", _("Falta el archivo: envíelo en el campo «file»."))
    filename = clean_filename(file.name or "")
    named = format_of_name(filename)
    _check_size(file)
    return CheckedFile(file, filename, format_of(file, named), _sha256(file))


def store(checked: CheckedFile, task_id: uuid.UUID) -> str:
    """Store the file of the upload `task_id`; returns its key. Raises `RefusedUpload`."""
    return _store(checked.file, storage_keys.upload_key(task_id, checked.file_format, timezone.now()))


def accept_upload(
    *,
    file: UploadedFile[bytes] | None,
    sheet: Sheet,
    owner: Model | None,
    user: AbstractBaseUser | AnonymousUser,
    reemplazar_duplicados: bool,
    solo_validar: bool = False,
    mapping: SheetMapping = NO_MAPPING,
    mapping_name: str = "",
    idempotency_key: str = "",
) -> BulkUpload:
    """Accept `file`, which holds `sheet`, for `owner`: the upload is stored, recorded and (if SQS answers) published.

    With `solo_validar` it is a plan: see `bulk_upload.plans`. The `mapping` fits the sheet: see `receiving.mappings`.
    What was accepted before is given back, marked as `repeated`: see `bulk_upload.idempotency`.
    Raises `RefusedUpload` (no file or an empty one, too large, no spreadsheet that we read or one under a password, a
    key of other content, store down). After a refusal nothing is left in S3 or the database. Raises `InDoubt` when the
    database went away while it recorded the upload: it may be there, so its file stays.
    """
    checked = check_file(file)
    owner_key = None if owner is None else owner.pk
    operation = Operation.PLAN if solo_validar else Operation.IMPORT
    identity = UploadIdentity(
        user.pk,
        owner_key,
        sheet.name,
        checked.sha256,
        reemplazar_duplicados,
        operation,
        idempotency_key,
        mapping.fingerprint,
    )
    if upload := _earlier(identity):
        with bound_contextvars(**of_upload(upload)):
            return _with_its_file(upload, checked.file)
    task_id = uuid.uuid4()
    with bound_contextvars(**of_task(task_id, owner_key, sheet.name)):
        stored_key = store(checked, task_id)
        try:
            upload = record(
                task_id,
                sheet_name=sheet.name,
                proveedor_id=owner_key,
                created_by_id=user.pk,
                s3_key=stored_key,
                **checked.fields,
                reemplazar_duplicados=reemplazar_duplicados,
                operation=operation,
                mapping=mapping.wire(),
                mapping_fingerprint=mapping.fingerprint,
                mapping_name=mapping_name,
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
        log.info("The upload is accepted", filename=name, bytes=upload.size, format=str(upload.file_format))
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

    `False` in any other state, for a reason of `retries.no_retry`, and when the same file, sent again, is on its way
    already.
    """
    try:
        with transaction.atomic():
            # No undo begins meanwhile.
            locked = BulkUpload.objects.select_for_update(of=("self",)).filter(pk=upload.pk).first()
            if locked is None or no_retry(locked) or not upload.retry():
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
        if newer := newer_list(upload):
            raise RefusedUpload(newer.code, newer.sentence, field="Idempotency-Key")
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
