"""Accept a file that is looked at before it is imported: checked and stored as any other, but not queued."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, IntegrityError
from django.db.models import Model
from django.utils import timezone
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload import idempotency, storage, storage_keys
from bulk_upload.intake import check_file, store
from bulk_upload.log_fields import of_task
from bulk_upload.models import BulkUpload, UploadDraft
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.sheet.declaration import Sheet
from medisupply.backends.database import DATABASE_AWAY

log = get_logger(__name__)


def accept_draft(
    *,
    file: UploadedFile[bytes] | None,
    sheet: Sheet,
    owner: Model | None,
    user: AbstractBaseUser | AnonymousUser,
    reemplazar_duplicados: bool,
    solo_validar: bool = False,
    mapping: dict[str, Any] | None = None,
    idempotency_key: str = "",
) -> UploadDraft:
    """Store `file` as a draft. One that was sent before with the same key is given back.

    Raises what `intake.accept_upload` raises.
    """
    checked = check_file(file)
    options = {
        "sheet_name": sheet.name,
        "proveedor_id": None if owner is None else owner.pk,
        "created_by_id": user.pk,
        "reemplazar_duplicados": reemplazar_duplicados,
        "solo_validar": solo_validar,
        "mapping": mapping,
        "idempotency_key": idempotency_key,
        **checked.fields,
    }
    if idempotency_key and (draft := _earlier(options)):
        return draft
    task_id = uuid.uuid4()
    with bound_contextvars(**of_task(task_id, options["proveedor_id"], sheet.name)):
        return _recorded(task_id, store(checked, task_id), options)


def draft_of_upload(upload: BulkUpload, user: AbstractBaseUser | AnonymousUser) -> UploadDraft:
    """A draft of an upload's file, which is stored once more. Raises `storage.StorageDown` or `storage.FileGone`."""
    task_id = uuid.uuid4()
    with bound_contextvars(**of_task(task_id, upload.proveedor_id, upload.sheet_name)):
        key = storage_keys.upload_key(task_id, upload.file_format, timezone.now())
        storage.copy(upload.s3_key, key)
        same = ("sheet_name", "proveedor_id", "filename", "file_format", "size", "sha256", "reemplazar_duplicados")
        options = {name: getattr(upload, name) for name in same}
        return _recorded(task_id, key, options | {"created_by_id": user.pk, "mapping": upload.mapping or None})


def _recorded(task_id: uuid.UUID, stored_key: str, options: dict[str, Any]) -> UploadDraft:
    """The new draft. Where it is not recorded its file goes; after a lost connection it is an orphan, if anything."""
    try:
        draft = UploadDraft.objects.create(id=task_id, s3_key=stored_key, **options)
    except DATABASE_AWAY:
        raise
    except DatabaseError as error:
        storage.discard(stored_key)
        if isinstance(error, IntegrityError) and (first := _earlier(options)):
            return first
        raise
    log.info("A file is stored to be looked at", bytes=draft.size, format=str(draft.file_format))
    return draft


def _earlier(options: dict[str, Any]) -> UploadDraft | None:
    """The draft that has the same key. Raises `RefusedUpload` when it is another file, or is an upload by now."""
    named = {name: options.get(name) for name in ("created_by_id", "idempotency_key")}
    draft = UploadDraft.objects.filter(**named).first()
    same = ("sheet_name", "proveedor_id", "sha256", "reemplazar_duplicados", "solo_validar")
    is_same = draft is not None and all(getattr(draft, name) == options[name] for name in same)
    if is_same:
        return draft
    if draft is not None or BulkUpload.objects.filter(**named).exists():
        message = idempotency.key_reused_sentence()
        raise RefusedUpload("idempotency_key_reused", message, field="Idempotency-Key")
    return None
