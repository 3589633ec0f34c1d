"""How much an upload may change before a second person must look at its plan."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChangeGuard(models.Model):
    """The limits for one owner and sheet, or for a sheet that is nobody's own.

    An upload that goes beyond one ends as a plan, which another person may apply. Where there is no guard nothing is
    limited; a limit that is empty is none.
    """

    proveedor = models.ForeignKey(
        settings.BULK_UPLOAD_OWNER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="change_guards",
        verbose_name=_("proveedor"),
        help_text=_("Vacío si el contenido no es de un proveedor."),
    )
    sheet_name = models.CharField(_("contenido"), max_length=32)
    max_changed_percent = models.PositiveIntegerField(
        _("filas cambiadas, como máximo (%)"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("De las que tiene el proveedor, o de todas. Cuentan las filas que cambiarían; las nuevas no."),
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
        constraints = [
            models.UniqueConstraint(fields=["proveedor", "sheet_name"], name="change_guard_once"),
            models.UniqueConstraint(
                fields=["sheet_name"],
                condition=models.Q(proveedor=None),
                name="change_guard_once_of_nobody",
                violation_error_message=_("Este contenido ya tiene un control de cambios."),
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.proveedor_id, self.sheet_name)))
