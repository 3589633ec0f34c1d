"""What was wrong with an upload's rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.states import Severity
from bulk_upload.models.upload import BulkUpload


class RowError(models.Model):
    """One thing that was wrong (or odd: a warning) with one cell, row, or the whole file (`fila` 0).

    The text is made from `codigo` and `params` when somebody reads it, in the reader's language.
    """

    upload = models.ForeignKey(BulkUpload, models.CASCADE, related_name="row_errors", db_index=False)
    severity = models.CharField(_("gravedad"), max_length=7, choices=Severity)
    fila = models.PositiveIntegerField(_("fila"))
    columna = models.CharField(_("columna"), max_length=64, blank=True)
    codigo = models.CharField(_("código"), max_length=32)
    params = models.JSONField(_("datos"), default=dict)
    valor = models.CharField(_("valor"), max_length=64, blank=True)
    # Set when a later upload landed the corrected row.
    corregida = models.BooleanField(_("corregida"), default=False, db_default=False)

    class Meta:
        verbose_name = _("error de fila")
        verbose_name_plural = _("errores de filas")
        ordering = ["fila", "pk"]
        indexes = [models.Index(fields=["upload", "severity", "fila", "id"], name="row_error_in_order")]

    def __str__(self) -> str:
        return f"{self.fila} {self.columna} {self.codigo}"
