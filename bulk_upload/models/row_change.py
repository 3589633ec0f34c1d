"""What an upload changed in rows that existed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.upload import BulkUpload


class RowChange(models.Model):
    """A row of a file that updated one of the model. `cambios` maps each changed column to its old and new value.

    The key is the row itself: a row that is imported again by mistake cannot be kept twice, and the table needs no
    other index for its pages.
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
    cambios = models.JSONField(_("cambios"))
    # By the setting `BULK_UPLOAD_LARGE_PRICE_CHANGE` at the time of the import.
    precio_grande = models.BooleanField(_("cambio grande de precio"), default=False, db_default=False)

    class Meta:
        verbose_name = _("cambio de producto")
        verbose_name_plural = _("cambios de productos")
        ordering = ["fila"]
        indexes = [
            models.Index(
                fields=["upload", "fila"], name="row_change_large_price", condition=models.Q(precio_grande=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.fila} {self.producto}"
