"""A file that a worker makes of an upload when somebody asks for it, kept in S3 until the bucket removes it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.claim import Claimed, ClaimedQuerySet
from bulk_upload.models.states import ClaimLost
from bulk_upload.models.upload import BulkUpload
from medisupply.backends.database import database_now


class FileState(models.TextChoices):
    PENDING = "pending", _("En espera")
    PROCESSING = "processing", _("En preparación")
    READY = "ready", _("Listo")
    FAILED = "failed", _("Fallido")


class FileKind(models.TextChoices):
    """A workbook to correct in a spreadsheet program, or the rows for the page on which they are corrected."""

    WORKBOOK = "workbook", _("Libro")
    ROWS = "rows", _("Filas")

    @property
    def ending(self) -> str:
        """What the names of such files end with."""
        return "xlsx" if self == FileKind.WORKBOOK else "msgpack"


class PreparedFileQuerySet(ClaimedQuerySet["PreparedFile"]):
    def unfinished(self) -> PreparedFileQuerySet:
        return self.filter(state__in=[FileState.PENDING, FileState.PROCESSING])

    def never_published(self, older_than: timedelta) -> PreparedFileQuerySet:
        """Files whose message was never sent, old enough that the process which should send it is gone."""
        limit = database_now() - older_than
        return self.filter(state=FileState.PENDING, published_at=None, updated_at__lt=limit)

    def short_ones_wait(self) -> bool:
        """Whether a file waits that is quickly made, since its upload is short (`BULK_UPLOAD_SHORT_BYTES`)."""
        waiting = self.filter(state=FileState.PENDING, attempts=0)
        return waiting.filter(upload__size__lte=settings.BULK_UPLOAD_SHORT_BYTES).exists()

    def claim(self, key: uuid.UUID, lease: timedelta) -> PreparedFile | None:
        """Take the file for this worker, unless it has ended or another one's lease still runs."""
        return self.select_related("upload")._claimed(key, lease, rows_done=0, error_code="", error_params={})


class PreparedFile(Claimed):
    """The rejected rows of an upload as they stood when somebody asked for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(BulkUpload, models.CASCADE, related_name="prepared_files")
    kind = models.CharField(
        _("clase"), max_length=8, choices=FileKind, default=FileKind.WORKBOOK, db_default=FileKind.WORKBOOK
    )
    # Of the person who asked for a workbook. Rows are in none: so no workbook is taken for them.
    language = models.CharField(_("idioma"), max_length=8, blank=True)
    # Which state of the upload it shows: its errors, and how many of them are corrected. Both only ever grow.
    errors = models.PositiveIntegerField(_("errores"), default=0, db_default=0)
    corrected = models.PositiveIntegerField(_("corregidos"), default=0, db_default=0)

    state = models.CharField(_("estado"), max_length=10, choices=FileState, default=FileState.PENDING)
    created_at = models.DateTimeField(_("pedido"), default=database_now)
    updated_at = models.DateTimeField(_("modificado"), default=database_now)
    rows_total = models.PositiveIntegerField(_("filas"), default=0, db_default=0)
    rows_done = models.PositiveIntegerField(_("filas listas"), default=0, db_default=0)
    s3_key = models.CharField(_("clave en S3"), max_length=512, blank=True, default="", db_default="")
    size = models.BigIntegerField(_("tamaño (bytes)"), default=0, db_default=0)
    # The first row of the original that did not fit; 0 when all did.
    missing_from = models.PositiveIntegerField(_("faltan desde la fila"), default=0, db_default=0)

    claim_number = models.PositiveIntegerField(_("número de toma"), default=0, db_default=0)
    lease_until = models.DateTimeField(_("tomado hasta"), null=True)
    attempts = models.PositiveIntegerField(_("intentos"), default=0, db_default=0)
    # Of a failed file, and of one that waits after a fault.
    error_code = models.CharField(_("error"), max_length=32, blank=True, default="", db_default="")
    error_params = models.JSONField(_("datos del error"), default=dict, blank=True)

    objects = PreparedFileQuerySet.as_manager()

    state_field = "state"

    class Meta:
        verbose_name = _("archivo preparado")
        verbose_name_plural = _("archivos preparados")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(name="file_prepared_once", fields=["upload", "language", "errors", "corrected"]),
        ]
        indexes = [
            models.Index(fields=["state"], name="file_unfinished", condition=Q(state__in=["pending", "processing"])),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.language}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in (FileState.PENDING, FileState.PROCESSING)

    def start_again(self) -> bool:
        """Let an ended file be made once more; `False` when somebody else has just done so. Publish it afterwards."""
        try:
            self._write(
                Q(state__in=[FileState.READY, FileState.FAILED], updated_at=self.updated_at),
                state=FileState.PENDING,
                attempts=0,
                rows_done=0,
                published_at=None,
                error_code="",
                error_params={},
            )
        except ClaimLost:
            return False
        return True

    # --- Verbs of the claim's holder; each raises `ClaimLost` ---

    def progress(self, rows_done: int, lease: timedelta) -> None:
        """Keep the claim for another `lease`, and record how many rows are written."""
        self._write(self._held(), rows_done=rows_done, lease_until=database_now() + lease)

    def begin(self, rows_total: int) -> None:
        self._write(self._held(), rows_total=rows_total)

    def ready(self, *, s3_key: str, size: int, rows: int, missing_from: int) -> None:
        self._write(
            self._held(),
            state=FileState.READY,
            s3_key=s3_key,
            size=size,
            rows_done=rows,
            missing_from=missing_from,
            lease_until=None,
        )
        # What it replaces shows rows that have been corrected since.
        same = {"upload_id": self.upload_id, "kind": self.kind, "language": self.language}
        ended = PreparedFile.objects.filter(**same).exclude(pk=self.pk)
        ended.filter(state__in=[FileState.READY, FileState.FAILED]).delete()

    def fail(self, code: str, params: Mapping[str, str | int]) -> None:
        self._write(self._held(), state=FileState.FAILED, error_code=code, error_params=dict(params), lease_until=None)

    def give_back(self) -> None:
        """Give the claim up as if there had been no attempt."""
        self._write(self._held(), state=FileState.PENDING, attempts=self.attempts - 1, lease_until=database_now())

    def release(self, code: str) -> None:
        """Give the claim up after a fault; `code` says to readers what they wait for, if it can be said."""
        self._write(self._held(), state=FileState.PENDING, error_code=code, lease_until=database_now())
