"""Products of suppliers."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.imported import ImportedModel
from catalog.models.categories import Category
from catalog.models.suppliers import Supplier

# Those that storing needs; another number is a slip.
_TEMPERATURES: Final = [MinValueValidator(Decimal(-100)), MaxValueValidator(Decimal(100))]


class Product(ImportedModel):
    """One product of one supplier: the columns of the sheet, named as in the sheet."""

    id = models.CharField(_("id"), max_length=64, primary_key=True)
    nombre = models.CharField(_("nombre"), max_length=255)
    codigo = models.CharField(_("código"), max_length=64)
    categoria = models.ForeignKey(Category, models.PROTECT, db_index=False, verbose_name=_("categoría"))
    presentacion = models.CharField(_("presentación"), max_length=128, blank=True, default="")
    precio_unitario = models.DecimalField(
        "precio unitario", max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    certificado_sanitario = models.CharField(_("certificado sanitario"), max_length=255)
    condiciones_almacenamiento = models.CharField(_("condiciones de almacenamiento"), max_length=255)
    tiempo_entrega_dias = models.PositiveIntegerField(
        _("tiempo de entrega (días)"), validators=[MaxValueValidator(3650)]
    )
    stock_minimo = models.PositiveIntegerField(_("stock mínimo"), default=10)
    stock_critico = models.PositiveIntegerField(_("stock crítico"), default=5)
    requiere_lote = models.BooleanField(_("requiere lote"), default=False)
    requiere_vencimiento = models.BooleanField(_("requiere vencimiento"), default=True)
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True, default="", db_default="")
    registro_invima = models.CharField(_("registro INVIMA"), max_length=255, blank=True, default="", db_default="")
    atc = models.CharField(_("código ATC"), max_length=64, blank=True, default="", db_default="")
    registro_vence = models.DateField(_("vencimiento del registro"), null=True, blank=True)
    temperatura_min = models.DecimalField(
        _("temperatura mínima (°C)"), max_digits=4, decimal_places=1, null=True, blank=True, validators=_TEMPERATURES
    )
    temperatura_max = models.DecimalField(
        _("temperatura máxima (°C)"), max_digits=4, decimal_places=1, null=True, blank=True, validators=_TEMPERATURES
    )

    proveedor = models.ForeignKey(
        Supplier, models.PROTECT, db_index=False, related_name="products", verbose_name=_("proveedor")
    )
    # As `ImportedModel`: the database knows the same default.
    activo = models.BooleanField(_("activo"), default=True, db_default=True)

    class Meta:
        verbose_name = _("producto")
        verbose_name_plural = _("productos")
        ordering = ["id"]
        # Each index costs on every imported row: the key, the unique code, and the two lists that
        # the API serves (a supplier's products by id, a category's products by id).
        constraints = [
            models.UniqueConstraint(fields=["codigo"], name="product_codigo_unique"),
            models.CheckConstraint(
                condition=models.Q(gtin="") | models.Q(gtin__regex="^([0-9]{8}|[0-9]{12,14})$"),
                name="product_gtin_form",
                violation_error_message=_("El GTIN tiene 8, 12, 13 o 14 dígitos."),
            ),
            models.CheckConstraint(
                condition=models.Q(temperatura_min__lte=models.F("temperatura_max")),
                name="product_temperatures",
                violation_error_message=_("La temperatura mínima no puede ser mayor que la máxima."),
            ),
        ]
        indexes = [
            models.Index(fields=["proveedor", "id"], name="product_by_supplier"),
            models.Index(fields=["categoria", "id"], name="product_by_category"),
        ]

    def __str__(self) -> str:
        return f"{self.id} · {self.nombre}"
