"""Ask for the undo of an upload: whether it can be, how much it would take back, and the upload that does it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from bulk_upload import intake, purged, snapshots
from bulk_upload.importing.mapping.stored_values import decoded_key
from bulk_upload.importing.mapping.target import target_of
from bulk_upload.importing.matching import existing_rows
from bulk_upload.importing.postgresql import lookups as lookups  # any_of
from bulk_upload.models import BulkUpload, Operation, Part
from bulk_upload.owners import User, may_act_for
from bulk_upload.undoing.created_on_the_way import unused_but_by
from medisupply.backends.database import database_now
from medisupply.web import history

UNDO_UPLOADS: Final = "bulk_upload.undo_bulkupload"
UNDOABLE: Final = (Operation.IMPORT, Operation.APPLY)
# Rows of the model that are looked at to say how many would stay as they are.
MOST_COUNTED: Final = 100_000

NOT_ENDED: Final = gettext_lazy("La carga no ha terminado: cancélela o espere a que termine.")
NOT_UNDOABLE: Final = gettext_lazy("Solo se deshace lo que una carga importó; esta no importó nada.")
UNDONE: Final = gettext_lazy("Esta carga ya se deshizo, o se está deshaciendo.")
NOT_KEPT: Final = gettext_lazy(
    "La carga es de una versión anterior, que no guardaba todo lo necesario para deshacerla."
)


class CannotUndo(Exception):
    """The upload is not to be undone: a code for programs, a sentence for people."""

    def __init__(self, code: str, sentence: str | StrPromise) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = str(sentence)


class Reach(NamedTuple):
    """How much an undo would take back. `changed` of it have been changed since; `None` when that was not counted.

    `on_the_way` is how much of what the upload created on the way would go, too: nobody else uses it.
    """

    created: int
    updated: int
    changed: int | None
    on_the_way: int = 0


def may_undo(user: Any, upload: BulkUpload) -> bool:
    return bool(user.has_perm(UNDO_UPLOADS)) and may_act_for(user, upload)


def check(upload: BulkUpload) -> None:
    """Raises `CannotUndo`."""
    if not upload.is_final:
        raise CannotUndo("not_ended", NOT_ENDED)
    if upload.operation not in UNDOABLE or not upload.creados + upload.actualizados:
        raise CannotUndo("nothing_to_undo", NOT_UNDOABLE)
    if BulkUpload.objects.filter(based_on=upload).exists():
        raise CannotUndo("already_undone", UNDONE)
    if gone := purged.part_of(upload, Part.CHANGES):
        raise CannotUndo("undo_expired", f"{gone.sentence} {_('Por eso ya no se puede deshacer.')}")
    if _kept(upload) != (upload.creados, upload.actualizados):
        raise CannotUndo("undo_not_kept", NOT_KEPT)


def undone_by(upload: BulkUpload) -> BulkUpload | None:
    """The undo of the upload, once it has been asked for."""
    return BulkUpload.objects.filter(based_on=upload, operation=Operation.UNDO).first()


def obstacle(upload: BulkUpload) -> CannotUndo | None:
    """Why the upload is not to be undone."""
    try:
        check(upload)
    except CannotUndo as refusal:
        return refusal
    return None


def request_undo(upload: BulkUpload, user: User) -> BulkUpload:
    """Accept the undo of `upload`; returns the upload that does it, already queued. Raises `CannotUndo`."""
    try:
        with transaction.atomic():
            # No retry begins meanwhile.
            locked = BulkUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
            check(locked)
            undo = BulkUpload.objects.create(
                operation=Operation.UNDO,
                created_by_id=user.pk,
                **locked.as_basis(),
            )
            # Readers are to see that it is undone.
            BulkUpload.objects.filter(pk=locked.pk).update(revision=F("revision") + 1, updated_at=database_now())
            history.log_addition(user, undo, history.message("undo"))
            history.log_change(user, locked, history.message("undone"))
    except IntegrityError as error:
        raise CannotUndo("already_undone", UNDONE) from error
    snapshots.show(locked)
    intake.show_and_publish(undo)
    return undo


def reach(upload: BulkUpload) -> Reach:
    """What an undo of `upload` would find now."""
    created, updated = _kept(upload)
    changed = _changed_since(upload) if created + updated <= MOST_COUNTED else None
    return Reach(created, updated, changed, unused_but_by(upload))


def _kept(upload: BulkUpload) -> tuple[int, int]:
    """How many created and how many changed rows were kept."""
    created = sum(len(keys) for keys in upload.chunk_rows.values_list("keys", flat=True).iterator(100))
    return created, upload.row_changes.count()


def _changed_since(upload: BulkUpload) -> int:
    """Rows of the model whose last change is not this upload's, or that are gone."""
    target = target_of(upload.sheet_name)
    rows, pk = target.model._default_manager.filter(changed_by_upload=upload.pk), target.model._meta.pk
    created, found = 0, set[Any]()
    for keys in upload.chunk_rows.values_list("keys", flat=True).iterator(10):
        created += len(keys)
        known = existing_rows.find_keys(target, [decoded_key(target, key) for key in keys])
        found |= {row.pk for row in known.values()}
    changes = upload.row_changes.values_list("registro", "producto").iterator(2000)
    changed = {pk.to_python(number or key) for number, key in changes} - found
    wanted = frozenset(found | changed)
    return created + len(changed) - (rows.filter(pk__any_of=wanted).count() if wanted else 0)
