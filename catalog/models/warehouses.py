"""Warehouses, and what is stored in them."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.sheet.text_cleaning import clean_code
from catalog.models.categories import SMALL_LETTERS

# A code stands in addresses, between slashes: letters, digits and what connects them.
WAREHOUSE_CODE: Final = RegexValidator(
    r"^[^\W_][\w .-]*\Z",
    _("Use letras, dígitos, espacios, puntos y guiones; al comienzo, una letra o un dígito."),
    code="invalid_code",
)
# ISO 3166-1 alpha-2, as far as it can be seen in the letters.
COUNTRY: Final = RegexValidator(
    r"^[A-Z]{2}\Z", _("Use las dos letras del código ISO del país, por ejemplo CO."), code="invalid_country"
)


class WarehouseType(models.TextChoices):
    MAIN = "PRINCIPAL", _("principal")
    SECONDARY = "SECUNDARIA", _("secundaria")
    TRANSIT = "TRANSITO", _("tránsito")


class Warehouse(models.Model):
    """A warehouse is its upper-cased code: what a sheet says is the key, nothing is mapped."""

    codigo = models.CharField(_("código"), max_length=64, primary_key=True, validators=[WAREHOUSE_CODE])
    nombre = models.CharField(_("nombre"), max_length=255)
    pais = models.CharField(
        _("país"), max_length=2, validators=[COUNTRY], help_text=_("Código ISO de dos letras, por ejemplo CO.")
    )
    ciudad = models.CharField(_("ciudad"), max_length=128, blank=True)
    direccion = models.CharField(_("dirección"), max_length=255, blank=True)
    tipo = models.CharField(_("tipo"), max_length=16, choices=WarehouseType, default=WarehouseType.MAIN)
    activo = models.BooleanField(_("activa"), default=True, db_default=True)

    class Meta:
        verbose_name = _("bodega")
        verbose_name_plural = _("bodegas")
        ordering = ["codigo"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(codigo="") & ~Q(codigo__regex=SMALL_LETTERS), name="warehouse_code_upper_case"
            ),
            models.CheckConstraint(condition=Q(pais__regex=r"^[A-Z]{2}$"), name="warehouse_country_two_letters"),
            models.CheckConstraint(condition=Q(tipo__in=WarehouseType.values), name="warehouse_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.codigo} · {self.nombre}"


def warehouse_code(text: str) -> str:
    """The key that `text` names: clean and upper case. Raises `bulk_upload.sheet.text_cleaning.BadCharacter`."""
    return unicodedata.normalize("NFC", clean_code(text).upper())
