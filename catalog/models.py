"""The catalogue: suppliers, categories and their products. It knows nothing of uploads."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser, permission: str) -> Self:
        """The suppliers that `user` may act for.

        Staff with the Django permission `permission` (such as ``"catalog.view_supplier"``) act for
        all of them; everybody else for the active ones that they belong to.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if getattr(user, "is_staff", False):
            return self if user.has_perm(permission) else self.none()  # type: ignore[attr-defined]
        return self.filter(usuarios=user.pk, activo=True)


class Supplier(models.Model):
    """Who sends catalogues. `codigo` (such as ``PROV001``) is what files, URLs and messages name."""

    codigo = models.CharField("código", max_length=32, primary_key=True)
    nombre = models.CharField("nombre", max_length=255)
    nit = models.CharField("NIT", max_length=32, blank=True)
    email = models.EmailField("correo", blank=True)
    activo = models.BooleanField("activo", default=True)
    usuarios = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="suppliers", blank=True, verbose_name="usuarios"
    )

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = "proveedor"
        verbose_name_plural = "proveedores"
        ordering = ["codigo"]

    def __str__(self) -> str:
        return f"{self.codigo} · {self.nombre}"


class Category(models.Model):
    """A category is its upper-cased name: what the sheet says is the key, nothing is mapped."""

    nombre = models.CharField("nombre", max_length=64, primary_key=True)
    created_at = models.DateTimeField("creada", auto_now_add=True)

    class Meta:
        verbose_name = "categoría"
        verbose_name_plural = "categorías"
        ordering = ["nombre"]

    def __str__(self) -> str:
        return self.nombre


class Product(models.Model):
    """One product of one supplier: the thirteen columns of the sheet, named as in the sheet."""

    id = models.CharField("id", max_length=64, primary_key=True)
    nombre = models.CharField("nombre", max_length=255)
    codigo = models.CharField("código", max_length=64)
    categoria = models.ForeignKey(Category, models.PROTECT, db_index=False, verbose_name="categoría")
    presentacion = models.CharField("presentación", max_length=128, blank=True, default="")
    precio_unitario = models.DecimalField(
        "precio unitario", max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    certificado_sanitario = models.CharField("certificado sanitario", max_length=255)
    condiciones_almacenamiento = models.CharField("condiciones de almacenamiento", max_length=255)
    tiempo_entrega_dias = models.PositiveIntegerField("tiempo de entrega (días)", validators=[MaxValueValidator(3650)])
    stock_minimo = models.PositiveIntegerField("stock mínimo", default=10)
    stock_critico = models.PositiveIntegerField("stock crítico", default=5)
    requiere_lote = models.BooleanField("requiere lote", default=False)
    requiere_vencimiento = models.BooleanField("requiere vencimiento", default=True)

    proveedor = models.ForeignKey(
        Supplier, models.PROTECT, db_index=False, related_name="products", verbose_name="proveedor"
    )
    activo = models.BooleanField("activo", default=True)
    version = models.PositiveIntegerField("versión", default=1, editable=False)
    created_at = models.DateTimeField("creado", auto_now_add=True)
    updated_at = models.DateTimeField("modificado", auto_now=True)
    # Plain identifiers, not foreign keys: the catalogue outlives the uploads.
    created_by_upload = models.UUIDField("carga que lo creó", null=True, blank=True, editable=False)
    changed_by_upload = models.UUIDField("última carga que lo cambió", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "producto"
        verbose_name_plural = "productos"
        ordering = ["id"]
        # Each index costs on every imported row: the key, the unique code, and the two lists that
        # the API serves (a supplier's products by id, a category's products by id).
        constraints = [models.UniqueConstraint(fields=["codigo"], name="product_codigo_unique")]
        indexes = [
            models.Index(fields=["proveedor", "id"], name="product_by_supplier"),
            models.Index(fields=["categoria", "id"], name="product_by_category"),
        ]

    def __str__(self) -> str:
        return f"{self.id} · {self.nombre}"
