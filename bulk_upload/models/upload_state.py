"""How far an upload is: its state, claim and counts, with the verbs that change them.

Each verb writes only its own fields, and only where the state allows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.claim import Claimed
from bulk_upload.models.retention import NOTHING_PURGED, Retained
from bulk_upload.models.states import FINAL, LISTED, ClaimLost, Status, Tally
from medisupply.backends.database import database_now, database_session

# The counts of what went wrong, as they are before the first attempt.
FRESH: Final[dict[str, Any]] = {"attempts": 0, "faults": 0, "faulty_since": None, "reader_kills": 0}

# The counters that each chunk raises.
COUNTED: Final = (
    *("creados", "actualizados", "sin_cambios", "rechazados", "duplicados"),
    *("categorias_creadas", "cambios_grandes_de_precio", "eliminados"),
)


class UploadState(Claimed, Retained):
    state_field = "status"

    status = models.CharField(_("estado"), max_length=10, choices=Status, default=Status.PENDING)
    updated_at = models.DateTimeField(_("modificada"), default=database_now)
    started_at = models.DateTimeField(_("iniciada"), null=True)
    completed_at = models.DateTimeField(_("terminada"), null=True)
    # Raised by every change of the state that readers see: snapshots and ETags carry it, so that an older one
    # never wins. Only who holds the claim, or has just switched the status, raises it: the number in memory is then
    # the database's.
    revision = models.PositiveIntegerField(_("revisión"), default=1)

    claim_number = models.PositiveIntegerField(_("número de toma"), default=0)
    lease_until = models.DateTimeField(_("tomada hasta"), null=True)
    attempts = models.PositiveIntegerField(_("intentos"), default=0)
    # Passing faults in a row without a committed chunk and since when; deaths of the reader by SIGKILL.
    faults = models.PositiveIntegerField(_("fallas pasajeras"), default=0, db_default=0)
    faulty_since = models.DateTimeField(_("con fallas desde"), null=True)
    reader_kills = models.PositiveIntegerField(_("muertes del lector"), default=0, db_default=0)
    # The database session of the claim's holder, as PostgreSQL names it: process id and start.
    holder_session = models.CharField(_("sesión del trabajador"), max_length=64, blank=True, default="", db_default="")

    total = models.PositiveIntegerField(_("filas"), default=0)
    creados = models.PositiveIntegerField(_("creados"), default=0)
    actualizados = models.PositiveIntegerField(_("actualizados"), default=0)
    sin_cambios = models.PositiveIntegerField(_("sin cambios"), default=0)
    rechazados = models.PositiveIntegerField(_("rechazados"), default=0)
    sin_procesar = models.PositiveIntegerField(_("sin procesar"), default=0)
    # Rows whose id or codigo existed already, in the catalogue or earlier in the file, whatever their outcome.
    duplicados = models.PositiveIntegerField(_("duplicados"), default=0)
    categorias_creadas = models.PositiveIntegerField(_("categorías creadas"), default=0, db_default=0)
    # Updated rows whose price changed by a large factor.
    cambios_grandes_de_precio = models.PositiveIntegerField(_("cambios grandes de precio"), default=0, db_default=0)
    # Of an undo: how many of its `actualizados` are rows that it removed. It restored the others.
    eliminados = models.PositiveIntegerField(_("eliminados"), default=0, db_default=0)
    exitosos = models.GeneratedField(
        expression=F("creados") + F("actualizados") + F("sin_cambios"),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    # The checkpoint: the first sheet row that no chunk has committed yet.
    next_row = models.PositiveIntegerField(_("siguiente fila"), default=0)
    # The first `LISTED` ids, in the order of the file.
    productos_creados = models.JSONField(_("productos creados"), default=list, blank=True)
    productos_actualizados = models.JSONField(_("productos actualizados"), default=list, blank=True)

    # Keys of what the upload created because its rows named it: see `imports.CreateMissing`. Of an undo: of that, what
    # it removed. Null where there is none.
    creado_al_paso = models.JSONField(_("creado al paso"), null=True)

    error_code = models.CharField(_("error"), max_length=32, blank=True)
    error_params = models.JSONField(_("datos del error"), default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def procesados(self) -> int:
        """Rows that have been dealt with: landed or rejected."""
        return self.creados + self.actualizados + self.sin_cambios + self.rechazados

    # --- Verbs of the upload's owner; each returns whether the state allowed it ---

    def cancel(self) -> bool:
        """End an unfinished upload now. What was committed stays; a worker's next write finds out."""
        left = F("total") - F("creados") - F("actualizados") - F("sin_cambios") - F("rechazados")
        return self._switch(
            Q(status__in=[Status.PENDING, Status.PROCESSING]),
            status=Status.CANCELLED,
            sin_procesar=left,
            completed_at=database_now(),
            lease_until=None,
        )

    def retry(self) -> bool:
        """Let a failed or cancelled upload go on from its checkpoint. It must be published afterwards."""
        return self._switch(
            Q(NOTHING_PURGED, status__in=[Status.FAILED, Status.CANCELLED]),
            status=Status.PENDING,
            sin_procesar=0,
            completed_at=None,
            **FRESH,
            published_at=None,
            error_code="",
            error_params={},
        )

    def _switch(self, allowed: Q, **changes: Any) -> bool:
        try:
            self._write(allowed, **changes)
        except ClaimLost:
            return False
        self.refresh_from_db()
        return True

    # --- Verbs of the claim's holder; each raises `ClaimLost` ---

    def renew(self, lease: timedelta) -> None:
        """Keep the claim for another `lease`."""
        self._write(self._held(), lease_until=database_now() + lease, holder_session=database_session())

    def checkpoint(self, tally: Tally, next_row: int, lease: timedelta) -> None:
        """Add a chunk's tally and move the checkpoint. Belongs in the chunk's own transaction.

        A chunk goes only behind the checkpoint that it follows: where an older database was restored under a running
        worker, that database may have the worker's claim too, but not what the worker has imported since.
        The instance is changed too; after a rollback call `refresh_from_db`.
        """
        # A committed chunk is progress: only what goes wrong without any counts towards the end.
        changes = {**FRESH, "attempts": 1}
        for name in COUNTED:
            changes[name] = getattr(self, name) + getattr(tally, name)
        for name in ("productos_creados", "productos_actualizados"):
            room = LISTED - len(getattr(self, name))
            if room > 0 and getattr(tally, name):
                changes[name] = getattr(self, name) + getattr(tally, name)[:room]
        if tally.creado_al_paso:
            changes["creado_al_paso"] = [*(self.creado_al_paso or []), *tally.creado_al_paso]
        here = self._held() & Q(next_row=self.next_row)
        self._write(here, next_row=next_row, lease_until=database_now() + lease, **changes)

    def begin_undo(self, *, total: int, next_row: int) -> None:
        """Record how much there is to take back; rows of the file before `next_row` are left."""
        self._write(self._held(), total=total, next_row=next_row)

    def record_removed(self, names: list[str]) -> None:
        """Of an undo: record what it removed of what was created on the way. Belongs in the removal's transaction."""
        self._write(self._held(), creado_al_paso=[*(self.creado_al_paso or []), *names])

    def begin_again(self, **changes: Any) -> None:
        """Forget all that was counted: nothing has been written yet but what a plan would do.

        Belongs in a transaction with the removal of the plan's rows and of the problems that were found.
        """
        zeros: dict[str, Any] = dict.fromkeys(COUNTED, 0)
        self._write(
            self._held(), **zeros, total=0, next_row=0, productos_creados=[], productos_actualizados=[], **changes
        )

    def complete(self, **changes: Any) -> None:
        self._end(Status.COMPLETED, **changes)

    def fail(self, code: str, params: Mapping[str, str | int]) -> None:
        """End as failed. `code` and `params` say why: see `problem_texts.FILE_TEXTS`."""
        self._end(Status.FAILED, error_code=code, error_params=dict(params))

    def release(self) -> None:
        """Give the claim up after an attempt that counts, so that the next delivery can take it at once."""
        self._let_go()

    def give_back(self) -> None:
        """Give the claim up as if there had been no attempt."""
        self._let_go(attempts=self.attempts - 1)

    def release_after_fault(self) -> None:
        """Give the claim up after a passing fault, for which the file does not answer."""
        since = self.faulty_since or database_now()
        self._let_go(attempts=self.attempts - 1, faults=self.faults + 1, faulty_since=since)

    def release_after_reader_kill(self) -> None:
        """Give the claim up after the system killed the reader of the file."""
        self._let_go(attempts=self.attempts - 1, reader_kills=self.reader_kills + 1)

    def _let_go(self, **changes: Any) -> None:
        # Without the session: it lives on, and the next holder must not end it.
        self._write(self._held(), lease_until=database_now(), holder_session="", **changes)

    def is_faulty_for(self, seconds: float) -> bool:
        """Whether passing faults have kept it from any progress for so long."""
        return self.faulty_since is not None and (database_now() - self.faulty_since).total_seconds() >= seconds

    def _end(self, status: Status, **changes: Any) -> None:
        self.refresh_from_db()
        left = self.total - self.procesados
        self._write(
            self._held(), status=status, sin_procesar=left, completed_at=database_now(), lease_until=None, **changes
        )

    def _write(self, condition: Q, **changes: Any) -> None:
        before = self.revision
        super()._write(condition, **changes, revision=F("revision") + 1)
        self.revision = before + 1
