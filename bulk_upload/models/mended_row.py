"""What a person has typed on the page of rejected rows, kept until the rows are corrected."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.upload import BulkUpload

FIELDS: Final = ("upload_id", "fila", "values", "sent_in", "sent_row")


class MendedRowQuerySet(models.QuerySet["MendedRow"]):
    def of(self, upload: BulkUpload) -> MendedRowQuerySet:
        """Those of `upload`, with the state of what they were sent in: nothing else of it is needed."""
        return self.filter(upload=upload).select_related("sent_in").only(*FIELDS, "sent_in__status")


class MendedRow(models.Model):
    """The cells of one rejected row that a person has changed: their texts by column. Others are as in the file."""

    # Without constraints of the database: the last release, which knows no such rows, still removes old uploads.
    upload = models.ForeignKey(
        BulkUpload, models.CASCADE, related_name="mended_rows", db_index=False, db_constraint=False
    )
    fila = models.PositiveIntegerField(_("fila"))
    values = models.JSONField(_("valores"), default=dict)
    # The correction in which the row was sent as it is now, and its row there. Empty again after the next change.
    sent_in = models.ForeignKey(BulkUpload, models.SET_NULL, null=True, related_name="sent_rows", db_constraint=False)
    sent_row = models.PositiveIntegerField(_("fila enviada"), default=0, db_default=0)

    objects = MendedRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("fila corregida en la página")
        verbose_name_plural = _("filas corregidas en la página")
        ordering = ["fila"]
        constraints = [models.UniqueConstraint(name="row_mended_once", fields=["upload", "fila"])]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.fila}"

    @property
    def is_on_its_way(self) -> bool:
        """Whether it was sent in a correction that has not ended."""
        return self.sent_in is not None and not self.sent_in.is_final
