"""One accepted file: whose it is, what it holds and what it corrects. PostgreSQL holds the truth about it.

How far its import is stands in `UploadState`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.remembered_mapping import LONGEST_NAME
from bulk_upload.models.states import FileFormat, Operation, Severity
from bulk_upload.models.upload_constraints import CONSTRAINTS, INDEXES
from bulk_upload.models.upload_queryset import BulkUploadQuerySet
from bulk_upload.models.upload_state import UploadState
from bulk_upload.sheet.mapping import SheetMapping
from medisupply.backends.database import database_now, next_change_number

# Excel's names have 31 characters at most; other programs' ones may be longer, and are only ever shown.
LONGEST_SHEET_NAME: Final = 255


class BulkUpload(UploadState):
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
    operation = models.CharField(
        _("operación"), max_length=8, choices=Operation, default=Operation.IMPORT, db_default=Operation.IMPORT
    )
    # The plan that this upload applies, or the upload that it undoes.
    # Once for each of them: what failed or was cancelled goes on where it was.
    based_on = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="followed_by", verbose_name=_("parte de")
    )
    # What the change guard found: see `ChangeGuard`. None while it was not asked.
    guard = models.JSONField(_("control de cambios"), null=True)
    # What the client named its request, so that sending it again is the same upload.
    idempotency_key = models.CharField(
        _("clave de idempotencia"), max_length=255, blank=True, default="", db_default=""
    )
    # How the file's columns fill the sheet's, where somebody said so: see `sheet.mapping`. The fingerprint is that of
    # the mapping that came with the file; in a file of corrections the mapping may be the original's.
    mapping = models.JSONField(_("correspondencia de columnas"), default=dict, db_default={}, blank=True)
    mapping_fingerprint = models.CharField(
        _("huella de la correspondencia"), max_length=64, blank=True, default="", db_default="", editable=False
    )
    # The upload whose rejected rows this file corrects, as its header says.
    corrects = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="corrections", verbose_name=_("corrige a")
    )

    # The remembered mapping that was used, by its name at that time.
    mapping_name = models.CharField(
        _("correspondencia recordada"), max_length=LONGEST_NAME, blank=True, default="", db_default=""
    )

    # The order of acceptance, by the database: the clocks of two web hosts may differ.
    number = models.PositiveBigIntegerField(
        _("número de orden"), default=next_change_number, db_default=0, editable=False
    )
    created_at = models.DateTimeField(_("recibida"), default=database_now)
    # What the reader detected.
    sheet = models.CharField(_("hoja"), max_length=LONGEST_SHEET_NAME, blank=True)
    encoding = models.CharField(_("codificación"), max_length=16, blank=True)
    delimiter = models.CharField(_("separador"), max_length=1, blank=True)
    header_positions = models.JSONField(_("columnas"), default=dict, blank=True)

    objects = BulkUploadQuerySet.as_manager()

    # Whether intake gave back an upload that it had accepted before. No field: it is about one answer.
    repeated: bool = False

    class Meta:
        verbose_name = _("carga")
        verbose_name_plural = _("cargas")
        ordering = ["-created_at", "-task_id"]
        permissions = [
            ("operate_bulkupload", _("Puede ver la operación y traer de vuelta lo que falló")),
            ("undo_bulkupload", _("Puede deshacer cargas")),
            ("approve_bulkupload", _("Puede aplicar lo que el control de cambios detuvo")),
        ]
        indexes = INDEXES
        constraints = CONSTRAINTS

    def __str__(self) -> str:
        return self.filename

    @property
    def is_undo(self) -> bool:
        """Whether it takes back what another upload did; it has no file."""
        return self.operation == Operation.UNDO

    @property
    def sheet_mapping(self) -> SheetMapping:
        return SheetMapping.of(self.mapping)

    @property
    def queue_group(self) -> str:
        """Whose uploads are imported one after another: a message group of a FIFO queue."""
        return self.proveedor_id or f"hoja-{self.sheet_name}"

    def as_basis(self) -> dict[str, Any]:
        """The fields of an upload that is based on this one: which it is, and what both have in common."""
        common = ("sheet_name", "proveedor_id", "filename", "file_format", "size")
        return {"based_on": self, **{name: getattr(self, name) for name in common}}

    # --- Verbs of the claim's holder; each raises `ClaimLost` ---

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

    def use_mapping(self, mapping: SheetMapping, name: str = "") -> None:
        """Read the file by this mapping from now on; `name` is that of a remembered one."""
        self._write(self._held(), mapping=mapping.wire(), mapping_name=name)

    def correct_total(self, total: int) -> None:
        """All rows have been read: there are so many. Blank ones may have been counted at first."""
        self._write(self._held(), total=total)

    def mark_corrected(self, rows: Iterable[int]) -> None:
        """Record that these rows of the upload which this one corrects have landed; part of the chunk's transaction."""
        if self.corrects is not None:
            self.corrects.row_errors.filter(severity=Severity.ERROR, fila__in=list(rows)).update(corregida=True)
