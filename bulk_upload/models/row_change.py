"""What an upload changed in rows that existed: their values as they were, beside the new ones."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.upload import BulkUpload


class RowChange(models.Model):
    """A row of a file that updated one of the model. `cambios` maps each changed column to its old and new value.

    The key is the row itself: a row that is imported again by mistake cannot be kept twice.
    """

    pk = models.CompositePrimaryKey("upload_id", "fila")
    # No constraint in the database, which would ask for the upload with each row: it is locked by the same
    # transaction. An upload is deleted by Django, which deletes its changes first.
    upload = models.ForeignKey(
        BulkUpload, models.CASCADE, related_name="row_changes", db_index=False, db_constraint=False
    )
    fila = models.PositiveIntegerField(_("fila"))
    # The key of the changed row as people read it; of products the id.
    producto = models.CharField(_("producto"), max_length=255)
    # The primary key of the changed row, where `producto` is not that.
    registro = models.CharField(_("registro"), max_length=64, blank=True, default="", db_default="")
    cambios = models.JSONField(_("cambios"))
    # The upload that had changed the row last before this one did; none where a person had.
    cambiado_antes_por = models.UUIDField(_("carga que lo cambió antes"), null=True)
    # By the setting `BULK_UPLOAD_LARGE_PRICE_CHANGE` at the time of the import.
    precio_grande = models.BooleanField(_("cambio grande de precio"), default=False, db_default=False)

    class Meta:
        verbose_name = _("cambio de producto")
        verbose_name_plural = _("cambios de productos")
        ordering = ["fila"]
        indexes = [
            models.Index(
                fields=["upload", "fila"], name="row_change_large_price", condition=models.Q(precio_grande=True)
            ),
            # The history of one row of the model.
            models.Index(fields=["producto"], name="row_change_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.fila} {self.producto}"

    @property
    def row_pk(self) -> str:
        return self.registro or self.producto
