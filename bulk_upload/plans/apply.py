"""Apply a finished plan: an upload of the same file that does exactly what the plan says."""

from __future__ import annotations

import uuid
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import DatabaseError, IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise
from structlog.stdlib import get_logger

from bulk_upload import intake, purged, snapshots, storage, storage_keys
from bulk_upload.models import BulkUpload, Operation, Part, Status
from bulk_upload.plans.applicable import expiry
from bulk_upload.receiving.recording import InDoubt, record
from medisupply.backends.database import database_now

log = get_logger(__name__)

APPROVE: Final = "bulk_upload.approve_bulkupload"

NOT_A_PLAN: Final = _("Solo se aplica un plan terminado.")
NOTHING: Final = _("El plan no cambiaría nada: no hay nada que aplicar.")
EXPIRED: Final = _("El plan venció: envíe el archivo otra vez para hacer uno nuevo.")
APPLIED: Final = _("El plan ya se aplicó, o se está aplicando.")
SECOND_PERSON: Final = _("El control de cambios detuvo esta carga: la aplica otra persona, que tenga permiso para eso.")


class CannotApply(Exception):
    """The plan is not to be applied: a code for programs, a sentence for people."""

    def __init__(self, code: str, sentence: str | StrPromise) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = str(sentence)


def is_expired(plan: BulkUpload) -> bool:
    """Whether what it would do is no longer kept, or about to be removed."""
    until = expiry(plan.completed_at)
    return until is not None and until < database_now()


def check(plan: BulkUpload, user: AbstractBaseUser) -> None:
    """Raises `CannotApply`."""
    if plan.operation != Operation.PLAN or plan.status != Status.COMPLETED:
        raise CannotApply("not_a_plan", NOT_A_PLAN)
    if BulkUpload.objects.filter(based_on=plan).exists():
        raise CannotApply("plan_applied", APPLIED)
    if is_expired(plan):
        raise CannotApply("plan_expired", EXPIRED)
    if gone := purged.part_of(plan, Part.FILE):
        raise CannotApply(gone.code, gone.sentence)
    if not plan.creados + plan.actualizados:
        raise CannotApply("nothing_to_apply", NOTHING)
    is_stopped = bool(plan.guard and plan.guard.get("stopped"))
    if is_stopped and (plan.created_by_id == user.pk or not user.has_perm(APPROVE)):  # type: ignore[attr-defined]
        raise CannotApply("second_person_required", SECOND_PERSON)


def apply_plan(plan: BulkUpload, user: AbstractBaseUser) -> BulkUpload:
    """Accept the application of `plan`; returns the upload that does it, already queued.

    Raises `CannotApply`, `storage.StorageDown`, `storage.FileGone`, or `InDoubt` as `intake.accept_upload`.
    """
    check(plan, user)
    task_id = uuid.uuid4()
    key = storage_keys.upload_key(task_id, plan.file_format, timezone.now())
    storage.copy(plan.s3_key, key)
    try:
        upload = record(
            task_id,
            operation=Operation.APPLY,
            based_on=plan,
            sheet_name=plan.sheet_name,
            proveedor_id=plan.proveedor_id,
            created_by_id=user.pk,
            filename=plan.filename,
            file_format=plan.file_format,
            s3_key=key,
            size=plan.size,
            sha256=plan.sha256,
            reemplazar_duplicados=plan.reemplazar_duplicados,
            mapping=plan.mapping,
            mapping_fingerprint=plan.mapping_fingerprint,
        )
    except InDoubt:
        raise
    except DatabaseError as error:
        storage.discard(key)
        if isinstance(error, IntegrityError):  # somebody else was faster
            raise CannotApply("plan_applied", APPLIED) from error
        raise
    intake.show_and_publish(upload)
    _show_applied(plan)
    return upload


def _show_applied(plan: BulkUpload) -> None:
    """Let who polls the plan see that it can be applied no more. Never fails: the application is accepted already."""
    try:
        BulkUpload.objects.filter(pk=plan.pk).update(revision=F("revision") + 1)
    except DatabaseError as error:
        log.warning("That the plan is applied could not be shown", error=error)
    snapshots.show(plan)
