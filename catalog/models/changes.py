"""The order of the catalogue's changes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeNumber(models.Model):
    """Gives the numbers of changes by its automatic key. Its rows mean nothing and are deleted at once."""

    class Meta:
        verbose_name = _("número de cambio")
        verbose_name_plural = _("números de cambio")

    def __str__(self) -> str:
        return str(self.pk)
