"""An upload and its state verbs.

PostgreSQL holds the truth about an upload. A worker that imports it holds a *claim*: a number that is
raised by each new claim, with a lease. Every verb of the holder writes only where its number still
stands, so that a worker which lost its claim can commit nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.queryset import BulkUploadQuerySet
from bulk_upload.models.states import FINAL, LISTED, ClaimLost, Severity, Status, Tally
from catalog.database import database_now, next_change_number
from catalog.models import Supplier


class BulkUpload(models.Model):
    """One accepted file and its way through the import."""

    task_id = models.UUIDField(_("tarea"), primary_key=True, default=uuid.uuid4, editable=False)
    proveedor = models.ForeignKey(Supplier, models.PROTECT, related_name="uploads", verbose_name=_("proveedor"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("subido por")
    )
    filename = models.CharField(_("archivo"), max_length=255)
    file_format = models.CharField(_("formato"), max_length=4, choices=[("xlsx", "Excel"), ("csv", "CSV")])
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
    # Raised by every write below: snapshots and ETags carry it, so that an older one never wins.
    revision = models.PositiveIntegerField(_("revisión"), default=1)

    published_at = models.DateTimeField(_("publicada"), null=True)
    publications = models.PositiveIntegerField(_("publicaciones"), default=0)
    claim_number = models.PositiveIntegerField(_("número de toma"), default=0)
    lease_until = models.DateTimeField(_("tomada hasta"), null=True)
    attempts = models.PositiveIntegerField(_("intentos"), default=0)
    # Passing faults in a row without a committed chunk, and since when.
    faults = models.PositiveIntegerField(_("fallas pasajeras"), default=0, db_default=0)
    faulty_since = models.DateTimeField(_("con fallas desde"), null=True)
    # The database session of the claim's holder, as PostgreSQL names it: process id and start.
    holder_session = models.CharField(_("sesión del trabajador"), max_length=64, blank=True, default="", db_default="")

    # What the reader detected.
    sheet = models.CharField(_("hoja"), max_length=255, blank=True)
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
                fields=["proveedor", "sha256", "reemplazar_duplicados"],
                condition=Q(status__in=["pending", "processing"], idempotency_key="") & ~Q(sha256=""),
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
        return f"{self.filename} ({self.get_status_display()})"

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def procesados(self) -> int:
        """Rows that have been dealt with: landed or rejected."""
        return self.creados + self.actualizados + self.sin_cambios + self.rechazados

    # --- Publication ---

    def next_publication(self) -> int | None:
        """Take the number of the next message; `None` when somebody else has just taken it."""
        number = self.publications + 1
        try:
            self._write(Q(publications=self.publications), publications=number)
        except ClaimLost:
            return None
        return number

    def published(self) -> None:
        """Record that the message was sent."""
        self._write(Q(), published_at=database_now())

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
            attempts=0,
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
        self._write(self._held(), lease_until=database_now() + lease)

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
        original = BulkUpload.objects.filter(pk=corrects, proveedor_id=self.proveedor_id) if corrects else None
        self._write(
            self._held(),
            total=total,
            sheet=sheet,
            encoding=encoding,
            delimiter=delimiter,
            header_positions=dict(header_positions),
            next_row=next_row,
            corrects=original.first() if original is not None else None,
        )

    def checkpoint(self, tally: Tally, next_row: int, lease: timedelta) -> None:
        """Add a chunk's tally and move the checkpoint. Belongs in the chunk's own transaction.

        The instance is changed too; after a rollback call `refresh_from_db`.
        """
        changes: dict[str, Any] = {
            name: getattr(self, name) + getattr(tally, name)
            for name in ("creados", "actualizados", "sin_cambios", "rechazados", "duplicados")
        }
        for name in ("productos_creados", "productos_actualizados"):
            room = LISTED - len(getattr(self, name))
            if room > 0 and getattr(tally, name):
                changes[name] = getattr(self, name) + getattr(tally, name)[:room]
        # A committed chunk is progress: only attempts without any count towards the last one.
        self._write(self._held(), next_row=next_row, lease_until=database_now() + lease, attempts=1, **changes)

    def mark_corrected(self, rows: Iterable[int]) -> None:
        """Record that these rows of the upload which this one corrects have landed; part of the chunk's transaction."""
        if self.corrects is not None:
            self.corrects.row_errors.filter(severity=Severity.ERROR, fila__in=list(rows)).update(corregida=True)

    def complete(self) -> None:
        self._end(Status.COMPLETED)

    def fail(self, code: str, params: Mapping[str, str | int]) -> None:
        """End as failed. `code` and `params` say why: see `problems.FILE_PROBLEMS`."""
        self._end(Status.FAILED, error_code=code, error_params=dict(params))

    def release(self, *, count_attempt: bool) -> None:
        """Give the claim up, so that the next delivery can take it at once.

        An orderly stop is no attempt that failed: `count_attempt` says which it was.
        """
        attempts = self.attempts if count_attempt else self.attempts - 1
        self._write(self._held(), lease_until=database_now(), attempts=attempts)

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
