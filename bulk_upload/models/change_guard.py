"""How much an upload may change before a second person must look at its plan."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeGuard(models.Model):
    """The limits for one owner and sheet.

    An upload that goes beyond one ends as a plan, which another person may apply. Where there is no guard nothing is
    limited; a limit that is empty is none.
    """

    proveedor = models.ForeignKey(
        settings.BULK_UPLOAD_OWNER_MODEL, models.CASCADE, related_name="change_guards", verbose_name=_("proveedor")
    )
    sheet_name = models.CharField(_("contenido"), max_length=32)
    max_changed_percent = models.PositiveIntegerField(
        _("filas cambiadas, como máximo (%)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("De lo que el proveedor tiene. Cuentan las filas que cambiarían; las nuevas no."),
    )
    max_price_percent = models.PositiveIntegerField(
        _("cambio de precio, como máximo (%)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Hacia arriba o hacia abajo, de cualquier fila."),
    )
    refuse_zero_price = models.BooleanField(_("detener si un precio queda en cero"), default=True)

    class Meta:
        verbose_name = _("control de cambios")
        verbose_name_plural = _("controles de cambios")
        constraints = [models.UniqueConstraint(fields=["proveedor", "sheet_name"], name="change_guard_once")]

    def __str__(self) -> str:
        return f"{self.proveedor_id} · {self.sheet_name}"
