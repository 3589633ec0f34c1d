"""What is marked as purged and may still be there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.retention import Part
from bulk_upload.models.upload import BulkUpload


class UnfinishedPurge(models.Model):
    """A part of an upload that is to be removed.

    Recorded together with the mark and deleted when nothing is left: what a purge leaves that was killed, or that
    found S3 away, is removed by the next one.
    """

    upload = models.ForeignKey(BulkUpload, models.CASCADE, related_name="unfinished_purges", db_index=False)
    part = models.CharField(_("parte"), max_length=7, choices=Part)

    class Meta:
        verbose_name = _("borrado sin terminar")
        verbose_name_plural = _("borrados sin terminar")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="purged_once", fields=["upload", "part"])]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.part}"
