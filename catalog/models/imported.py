"""What every model has whose rows come from imported sheets."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Imported(models.Model):
    """Its rows know when and by which upload they were made and last changed.

    The database knows the same defaults: an import of new rows need not send them row by row.
    """

    version = models.PositiveIntegerField(_("versión"), default=1, db_default=1, editable=False)
    created_at = models.DateTimeField(_("creado"), auto_now_add=True, db_default=Now())
    updated_at = models.DateTimeField(_("modificado"), auto_now=True, db_default=Now())
    # Plain identifiers, not foreign keys: the catalogue outlives the uploads.
    created_by_upload = models.UUIDField(_("carga que lo creó"), null=True, blank=True, editable=False)
    changed_by_upload = models.UUIDField(_("última carga que lo cambió"), null=True, blank=True, editable=False)
    # The number of the last change (see `catalog.database.next_change_number`); 0 is older than every change.
    change_number = models.PositiveBigIntegerField(_("número de cambio"), default=0, db_default=0, editable=False)

    class Meta:
        abstract = True
