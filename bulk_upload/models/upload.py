"""An upload and its state verbs.

PostgreSQL holds the truth about an upload. A worker that imports it holds a *claim*: a number that is
raised by each new claim, with a lease. Every verb of the holder writes only where its number still
stands, so that a worker which lost its claim can commit nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.published import Published
from bulk_upload.models.queryset import BulkUploadQuerySet
from bulk_upload.models.states import FINAL, LISTED, ClaimLost, FileFormat, Severity, Status, Tally
from medisupply.backends.database import database_now, database_session, next_change_number

# Excel's names have 31 characters at most; other programs' ones may be longer, and are only ever shown.
LONGEST_SHEET_NAME: Final = 255
# The counts of what went wrong, as they are before the first attempt.
FRESH: Final[dict[str, Any]] = {"attempts": 0, "faults": 0, "faulty_since": None, "reader_kills": 0}

# The counters that each chunk raises.
COUNTED: Final = (
    *("creados", "actualizados", "sin_cambios", "rechazados", "duplicados"),
    *("categorias_creadas", "cambios_grandes_de_precio"),
)


class BulkUpload(Published):
    """One accepted file and its way through the import."""

    task_id = models.UUIDField(_("tarea"), primary_key=True, default=uuid.uuid4, editable=False)
    # Which declared sheet the file holds: see `bulk_upload.imports`.
    sheet_name = models.CharField(_("contenido"), max_length=32, default="productos", db_default="productos")
    # Empty where the sheet is nobody's own.
    proveedor = models.ForeignKey(
        settings.BULK_UPLOAD_OWNER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("proveedor"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("subido por")
    )
    filename = models.CharField(_("archivo"), max_length=255)
    file_format = models.CharField(_("formato"), max_length=4, choices=FileFormat)
    s3_key = models.CharField(_("clave en S3"), max_length=512)
    size = models.BigIntegerField(_("tamaño (bytes)"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    reemplazar_duplicados = models.BooleanField(_("reemplazar duplicados"), default=False)
    # What the client named its request, so that sending it again is the same upload.
    idempotency_key = models.CharField(
        _("clave de idempotencia"), max_length=255, blank=True, default="", db_default=""
    )
    # The upload whose rejected rows this file corrects, as its header says.
    corrects = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="corrections", verbose_name=_("corrige a")
    )

    # The order of acceptance, by the database: the clocks of two web hosts may differ.
    number = models.PositiveBigIntegerField(
        _("número de orden"), default=next_change_number, db_default=0, editable=False
    )
    status = models.CharField(_("estado"), max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(_("recibida"), default=database_now)
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

    # What the reader detected.
    sheet = models.CharField(_("hoja"), max_length=LONGEST_SHEET_NAME, blank=True)
    encoding = models.CharField(_("codificación"), max_length=16, blank=True)
    delimiter = models.CharField(_("separador"), max_length=1, blank=True)
    header_positions = models.JSONField(_("columnas"), default=dict, blank=True)

    total = models.PositiveIntegerField(_("filas"), default=0)
    creados = models.PositiveIntegerField(_("creados"), default=0)
    actualizados = models.PositiveIntegerField(_("actualizados"), default=0)
    sin_cambios = models.PositiveIntegerField(_("sin cambios"), default=0)
    rechazados = models.PositiveIntegerField(_("rechazados"), default=0)
    sin_procesar = models.PositiveIntegerField(_("sin procesar"), default=0)
    # Rows whose id or codigo existed already, in the catalogue or earlier in the file, whatever their fate.
    duplicados = models.PositiveIntegerField(_("duplicados"), default=0)
    categorias_creadas = models.PositiveIntegerField(_("categorías creadas"), default=0, db_default=0)
    # Updated rows whose price changed by a large factor: all of them, also those that `RowChange` has no room for.
    cambios_grandes_de_precio = models.PositiveIntegerField(_("cambios grandes de precio"), default=0, db_default=0)
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

    error_code = models.CharField(_("error"), max_length=32, blank=True)
    error_params = models.JSONField(_("datos del error"), default=dict, blank=True)

    objects = BulkUploadQuerySet.as_manager()

    # The number that this process holds. No field: reading the row again must not renew a lost claim.
    held_claim: int | None = None
    # Whether intake gave back an upload that it had accepted before. No field: it is about one answer.
    repeated: bool = False

    class Meta:
        verbose_name = _("carga")
        verbose_name_plural = _("cargas")
        ordering = ["-created_at", "-task_id"]
        indexes = [
            models.Index(fields=["proveedor", "-created_at"], name="upload_by_supplier"),
            models.Index(fields=["-created_at", "-task_id"], name="upload_newest"),
            # What the sweep looks for is always a handful.
            models.Index(
                fields=["status", "proveedor", "number"],
                name="upload_unfinished_in_order",
                condition=Q(status__in=["pending", "processing"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="upload_key_once", fields=["created_by", "idempotency_key"], condition=~Q(idempotency_key="")
            ),
            # The same file, sent again without a key while the first one is on its way, is the same upload.
            models.UniqueConstraint(
                name="upload_same_file_once",
                fields=["proveedor", "sheet_name", "sha256", "reemplazar_duplicados"],
                condition=Q(status__in=["pending", "processing"], idempotency_key="") & ~Q(sha256=""),
            ),
            models.UniqueConstraint(
                name="upload_same_unowned_file_once",
                fields=["sheet_name", "sha256", "reemplazar_duplicados"],
                condition=Q(status__in=["pending", "processing"], idempotency_key="", proveedor=None) & ~Q(sha256=""),
            ),
            models.CheckConstraint(
                name="upload_rows_add_up",
                condition=Q(
                    total=F("creados") + F("actualizados") + F("sin_cambios") + F("rechazados") + F("sin_procesar")
                )
                | Q(status__in=["pending", "processing"]),
            ),
            models.CheckConstraint(
                name="upload_rows_within_total",
                condition=Q(
                    total__gte=F("creados") + F("actualizados") + F("sin_cambios") + F("rechazados") + F("sin_procesar")
                ),
            ),
            models.CheckConstraint(
                name="upload_completed_is_whole", condition=~Q(status="completed", sin_procesar__gt=0)
            ),
            models.CheckConstraint(
                name="upload_end_is_dated",
                condition=Q(status__in=["pending", "processing"], completed_at=None)
                | Q(status__in=["completed", "failed", "cancelled"], completed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def queue_group(self) -> str:
        """Whose uploads are imported one after another: a message group of a FIFO queue."""
        return self.proveedor_id or f"hoja-{self.sheet_name}"

    @property
    def procesados(self) -> int:
        """Rows that have been dealt with: landed or rejected."""
        return self.creados + self.actualizados + self.sin_cambios + self.rechazados

    # --- Verbs of the upload's owner; each returns whether the state allowed it ---

    def cancel(self) -> bool:
        """End an unfinished upload now. What was committed stays; a worker's next write finds out."""
        left = F("total") - F("creados") - F("actualizados") - F("sin_cambios") - F("rechazados")
        return self._switch(
            [Status.PENDING, Status.PROCESSING],
            status=Status.CANCELLED,
            sin_procesar=left,
            completed_at=database_now(),
            lease_until=None,
        )

    def retry(self) -> bool:
        """Let a failed or cancelled upload go on from its checkpoint. It must be published afterwards."""
        return self._switch(
            [Status.FAILED, Status.CANCELLED],
            status=Status.PENDING,
            sin_procesar=0,
            completed_at=None,
            **FRESH,
            published_at=None,
            error_code="",
            error_params={},
        )

    def _switch(self, allowed: list[Status], **changes: Any) -> bool:
        try:
            self._write(Q(status__in=allowed), **changes)
        except ClaimLost:
            return False
        self.refresh_from_db()
        return True

    # --- Verbs of the claim's holder; each raises `ClaimLost` ---

    def renew(self, lease: timedelta) -> None:
        """Keep the claim for another `lease`."""
        self._write(self._held(), lease_until=database_now() + lease, holder_session=database_session())

    def record_table(
        self,
        *,
        total: int,
        sheet: str,
        encoding: str,
        delimiter: str,
        header_positions: Mapping[str, int],
        next_row: int,
        corrects: str = "",
    ) -> None:
        """Record what the reader found in the file; `next_row` is its first row below the header.

        `corrects` is the task id that a corrected-row workbook names: it counts when that upload is the
        same supplier's.
        """
        same = {"proveedor_id": self.proveedor_id, "sheet_name": self.sheet_name}
        original = BulkUpload.objects.filter(pk=corrects, **same) if corrects else None
        self._write(
            self._held(),
            total=total,
            sheet=sheet[:LONGEST_SHEET_NAME],
            encoding=encoding,
            delimiter=delimiter,
            header_positions=dict(header_positions),
            next_row=next_row,
            corrects=original.first() if original is not None else None,
        )

    def correct_total(self, total: int) -> None:
        """All rows have been read: there are so many. Blank ones may have been counted at first."""
        self._write(self._held(), total=total)

    def checkpoint(self, tally: Tally, next_row: int, lease: timedelta) -> None:
        """Add a chunk's tally and move the checkpoint. Belongs in the chunk's own transaction.

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
        self._write(self._held(), next_row=next_row, lease_until=database_now() + lease, **changes)

    def mark_corrected(self, rows: Iterable[int]) -> None:
        """Record that these rows of the upload which this one corrects have landed; part of the chunk's transaction."""
        if self.corrects is not None:
            self.corrects.row_errors.filter(severity=Severity.ERROR, fila__in=list(rows)).update(corregida=True)

    def complete(self) -> None:
        self._end(Status.COMPLETED)

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
        # Without the session: it lives on, and whoever takes the upload next must not end it.
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

    def _held(self) -> Q:
        if self.held_claim is None:
            raise ClaimLost(f"{self.pk} was never claimed here")
        return Q(status=Status.PROCESSING, claim_number=self.held_claim)

    def _write(self, condition: Q, **changes: Any) -> None:
        """Update these fields where `condition` holds, here and in the database, or raise `ClaimLost`."""
        changes["updated_at"] = database_now()
        rows = BulkUpload.objects.filter(condition, pk=self.pk)
        if not rows.update(**changes, revision=F("revision") + 1):
            raise ClaimLost(str(self.pk))
        for name, value in changes.items():
            setattr(self, name, value)
        self.revision += 1
