"""What a plan would do with each row of its file: a record for each chunk."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.upload import BulkUpload


class PlannedRows(models.Model):
    """A chunk of a plan. `content` is what `importing.planning.content` writes and reads."""

    pk = models.CompositePrimaryKey("upload_id", "first_row")
    # As `RowChange.upload`.
    upload = models.ForeignKey(
        BulkUpload, models.CASCADE, related_name="planned_rows", db_index=False, db_constraint=False
    )
    first_row = models.PositiveIntegerField(_("primera fila"))
    creados = models.PositiveIntegerField(_("creados"))
    actualizados = models.PositiveIntegerField(_("actualizados"))
    sin_cambios = models.PositiveIntegerField(_("sin cambios"))
    rechazados = models.PositiveIntegerField(_("rechazados"))
    content = models.TextField(_("filas"))

    class Meta:
        verbose_name = _("filas de un plan")
        verbose_name_plural = _("filas de planes")
        ordering = ["first_row"]

    def __str__(self) -> str:
        return str(self.first_row)

    @classmethod
    def are_kept(cls, plan: BulkUpload) -> bool:
        """Whether no row of a finished plan has been removed by its age."""
        counted = F("creados") + F("actualizados") + F("sin_cambios") + F("rechazados")
        kept: int | None = cls.objects.filter(upload=plan).aggregate(rows=Sum(counted))["rows"]
        return kept == plan.creados + plan.actualizados + plan.sin_cambios + plan.rechazados
