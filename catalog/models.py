"""The catalogue: suppliers, categories and their products. It knows nothing of uploads."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.imported import ImportedModel

# To belong to no supplier is no reason to act for all: whoever is taken out of one would see everything.
ALL_SUPPLIERS: Final = "catalog.all_suppliers"


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser, permission: str) -> Self:
        """The suppliers that `user` may act for.

        Whoever belongs to a supplier acts for the active ones that it belongs to, staff or not. Staff with
        the permission `ALL_SUPPLIERS` act for all of them. Staff also need the Django permission `permission`
        (such as ``"catalog.view_supplier"``). Superusers act for all.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if getattr(user, "is_superuser", False):
            return self
        memberships = Supplier.usuarios.through.objects.filter(user_id=user.pk)
        own = Q(pk__in=memberships.values("supplier_id"), activo=True)
        if not getattr(user, "is_staff", False):
            return self.filter(own)
        if not user.has_perm(permission):  # type: ignore[attr-defined]
            return self.none()
        return self if user.has_perm(ALL_SUPPLIERS) else self.filter(own)  # type: ignore[attr-defined]

    def own(self, products: models.QuerySet[Product]) -> models.QuerySet[Product]:
        """Those of `products` that are of these suppliers.

        Of all suppliers are all: comparing each of 260,000 would take as long as the search.
        """
        return products.filter(proveedor__in=self) if self.query.has_filters() else products


class Supplier(models.Model):
    """Who sends catalogues. `codigo` (such as ``PROV001``) is what files, URLs and messages name."""

    codigo = models.CharField(_("código"), max_length=32, primary_key=True)
    nombre = models.CharField(_("nombre"), max_length=255)
    nit = models.CharField(_("NIT"), max_length=32, blank=True)
    email = models.EmailField(_("correo"), blank=True)
    activo = models.BooleanField(_("activo"), default=True)
    usuarios = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="suppliers", blank=True, verbose_name=_("usuarios")
    )

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("proveedor")
        verbose_name_plural = _("proveedores")
        ordering = ["codigo"]
        permissions = [("all_suppliers", "Puede actuar por todos los proveedores")]

    def __str__(self) -> str:
        return f"{self.codigo} · {self.nombre}"


# The small letters of Latin-1: all that Spanish has. `str.upper` leaves none of them (ß becomes SS), whatever
# its version, and the range means the same to both databases, whatever their locale. `upper()` does not: with
# SQLite and the C locale it knows ASCII only, and elsewhere it may know more letters than Python.
SMALL_LETTERS: Final = "[a-zß-öø-ÿ]"


class CategoryQuerySet(models.QuerySet["Category"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Those that `user` may see: all for who may change categories, else as `for_suppliers` of its own ones."""
        if user.is_authenticated and user.is_active and user.has_perm("catalog.change_category"):  # type: ignore[attr-defined]
            return self
        return self.for_suppliers(Supplier.objects.for_user(user, "catalog.view_product"))

    def for_suppliers(self, suppliers: models.QuerySet[Supplier]) -> Self:
        """The approved ones, and those of these suppliers' products: the names that others invent stay theirs."""
        used = Product.objects.filter(proveedor__in=suppliers).values("categoria_id").distinct()
        return self.filter(Q(aprobada=True) | Q(pk__in=used))


class Category(models.Model):
    """A category is its upper-cased name: what the sheet says is the key, nothing is mapped."""

    nombre = models.CharField(_("nombre"), max_length=64, primary_key=True)
    # What an import or the API creates is its supplier's own until a person approves it.
    aprobada = models.BooleanField(
        _("aprobada"),
        default=False,
        db_default=False,
        help_text=_("Se ofrece a todos los proveedores, en sus plantillas y listas."),
    )
    created_at = models.DateTimeField(_("creada"), auto_now_add=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("categoría")
        verbose_name_plural = _("categorías")
        ordering = ["nombre"]
        constraints = [
            models.CheckConstraint(condition=~Q(nombre__regex=SMALL_LETTERS), name="category_name_upper_case")
        ]

    def __str__(self) -> str:
        return self.nombre


class Product(ImportedModel):
    """One product of one supplier: the thirteen columns of the sheet, named as in the sheet."""

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

    proveedor = models.ForeignKey(
        Supplier, models.PROTECT, db_index=False, related_name="products", verbose_name=_("proveedor")
    )
    # The database knows the same default: an import of new products need not send it row by row.
    activo = models.BooleanField(_("activo"), default=True, db_default=True)

    class Meta:
        verbose_name = _("producto")
        verbose_name_plural = _("productos")
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


class ChangeNumber(models.Model):
    """Gives the numbers of changes by its automatic key. Its rows mean nothing and are deleted at once."""

    class Meta:
        verbose_name = _("número de cambio")
        verbose_name_plural = _("números de cambio")

    def __str__(self) -> str:
        return str(self.pk)
