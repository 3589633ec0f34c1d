"""What of an upload is no longer kept: `bulk_upload.purging` removes it by its age."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# An upload of which something is gone cannot go on: its account would be wrong.
NOTHING_PURGED: Final = Q(file_purged_at=None, errors_purged_at=None, changes_purged_at=None)


class Part(models.TextChoices):
    """What of an upload is kept for a time of its own."""

    FILE = "file", _("Archivo original")
    ERRORS = "errors", _("Errores de filas")
    CHANGES = "changes", _("Cambios de filas")

    @property
    def mark(self) -> str:
        """The field of the upload that says since when the part is no longer kept."""
        return f"{self.value}_purged_at"


class Retained(models.Model):
    """Since when the parts of an upload are no longer kept. What is marked is removed right afterwards."""

    file_purged_at = models.DateTimeField(_("archivo borrado"), null=True)
    errors_purged_at = models.DateTimeField(_("errores borrados"), null=True)
    changes_purged_at = models.DateTimeField(_("cambios borrados"), null=True)

    class Meta:
        abstract = True
