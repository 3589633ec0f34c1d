"""Start a draft: it becomes an ordinary upload with the same id and the same stored file."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from structlog.contextvars import bound_contextvars
from structlog.stdlib import get_logger

from bulk_upload import idempotency, storage
from bulk_upload.idempotency import UploadIdentity
from bulk_upload.intake import show_and_publish
from bulk_upload.log_fields import of_task
from bulk_upload.models import BulkUpload, Operation, UploadDraft
from bulk_upload.sheet.mapping import SheetMapping

log = get_logger(__name__)

GONE = _("El archivo ya no espera su revisión: se descartó o venció. Súbalo otra vez.")


class DraftGone(Exception):
    """The draft was discarded or purged meanwhile."""


def start_draft(
    draft: UploadDraft,
    user: AbstractBaseUser | AnonymousUser,
    *,
    mapping: SheetMapping,
    mapping_name: str = "",
    reemplazar_duplicados: bool,
    solo_validar: bool,
) -> BulkUpload:
    """The upload that the draft is from now on. Started twice, it is the same upload, marked as `repeated`.

    So is it when the same file is on its way already, with the same options; the draft then goes with its file.
    Raises `DraftGone`.
    """
    operation = Operation.PLAN if solo_validar else Operation.IMPORT
    options = {
        "reemplazar_duplicados": reemplazar_duplicados,
        "operation": operation,
        "mapping_fingerprint": mapping.fingerprint,
    }
    of_mapping = {"mapping": mapping.wire(), "mapping_name": mapping_name}
    with bound_contextvars(**of_task(draft.pk, draft.proveedor_id, draft.sheet_name)):
        try:
            upload = _become(draft, user, options | of_mapping)
        except IntegrityError:
            if not (running := _same_file(draft, user, options)):
                raise
            discard_draft(draft)
            return running
        if upload.repeated:
            return upload
        log.info("The upload is accepted", filename=upload.filename[:60], bytes=upload.size)
        show_and_publish(upload)
    return upload


def discard_draft(draft: UploadDraft) -> None:
    """Forget the draft and remove its file, unless it was started meanwhile."""
    with transaction.atomic():
        locked = UploadDraft.objects.select_for_update().filter(pk=draft.pk).first()
        if locked is None:
            return
        locked.delete()
    storage.discard(draft.s3_key)


def _become(draft: UploadDraft, user: AbstractBaseUser | AnonymousUser, options: dict[str, Any]) -> BulkUpload:
    same = ("sheet_name", "proveedor_id", "filename", "file_format", "s3_key", "size", "sha256")
    with transaction.atomic():
        locked = UploadDraft.objects.select_for_update().filter(pk=draft.pk).first()
        if locked is None:
            return _started(draft)
        fields = {name: getattr(locked, name) for name in same} | {"idempotency_key": _free_key(locked, user)}
        upload = BulkUpload.objects.create(task_id=locked.pk, created_by_id=user.pk, **fields, **options)
        locked.delete()
    return upload


def _free_key(draft: UploadDraft, user: AbstractBaseUser | AnonymousUser) -> str:
    """The key that the draft came with, where it is still its sender's name for this file alone."""
    key = draft.idempotency_key
    is_theirs = key and draft.created_by_id == user.pk
    is_taken = BulkUpload.objects.filter(created_by_id=user.pk, idempotency_key=key).exists()
    return key if is_theirs and not is_taken else ""


def _started(draft: UploadDraft) -> BulkUpload:
    upload = BulkUpload.objects.filter(pk=draft.pk).first()
    if upload is None:
        raise DraftGone(str(GONE))
    upload.repeated = True
    return upload


def _same_file(
    draft: UploadDraft, user: AbstractBaseUser | AnonymousUser, options: dict[str, Any]
) -> BulkUpload | None:
    about = (draft.proveedor_id, draft.sheet_name, draft.sha256)
    return idempotency.earlier(UploadIdentity(user.pk, *about, key="", **options))
