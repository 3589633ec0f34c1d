"""What people changed in rows of models that have a sheet: in the admin, by the API, or by a command."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from medisupply.backends.database import database_now


class EditSource(models.TextChoices):
    ADMIN = "admin", _("Administración")
    API = "api", _("API")
    SYSTEM = "system", _("Sistema")


class EditAction(models.TextChoices):
    CREATED = "created", _("Creado")
    CHANGED = "changed", _("Cambiado")
    REMOVED = "removed", _("Borrado")


class RowEdit(models.Model):
    """One change by a person.

    `cambios` maps each changed field to its old and new value, `None` where there is none.
    """

    sheet_name = models.CharField(_("contenido"), max_length=32)
    # As `RowChange.producto`.
    producto = models.CharField(_("producto"), max_length=255)
    moment = models.DateTimeField(_("cuándo"), default=database_now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("quién")
    )
    # The name that the person had: it outlives the account.
    username = models.CharField(_("usuario"), max_length=150, blank=True)
    source = models.CharField(_("desde"), max_length=8, choices=EditSource)
    action = models.CharField(_("acción"), max_length=8, choices=EditAction)
    cambios = models.JSONField(_("cambios"))
    # Of a row that was removed: the upload that had created it.
    creado_por = models.UUIDField(_("carga que lo creó"), null=True)

    class Meta:
        verbose_name = _("cambio de una persona")
        verbose_name_plural = _("cambios de personas")
        ordering = ["-moment", "-pk"]
        indexes = [
            models.Index(fields=["producto", "sheet_name"], name="row_edit_by_key"),
            models.Index(fields=["moment"], name="row_edit_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.producto} {self.action}"
