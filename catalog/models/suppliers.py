"""Suppliers, and who acts for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.imported import ImportedModel

if TYPE_CHECKING:
    from catalog.models.products import Product

# To belong to no supplier is no reason to act for all: a person who is taken out of one would see everything.
ALL_SUPPLIERS: Final = "catalog.all_suppliers"


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser, permission: str) -> Self:
        """The suppliers that `user` may act for.

        A person of a supplier acts for the active ones that it belongs to, staff or not. Staff with
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


class Supplier(ImportedModel):
    """Who sends catalogues. `codigo` (such as ``PROV001``) is what files, URLs and messages name."""

    codigo = models.CharField(_("código"), max_length=32, primary_key=True)
    nombre = models.CharField(_("nombre"), max_length=255)
    nit = models.CharField(_("NIT"), max_length=32, blank=True)
    # The column is older than the other contact fields, and than its name here.
    contacto_email = models.EmailField(_("correo"), blank=True, db_column="email")
    contacto_nombre = models.CharField(_("contacto"), max_length=255, blank=True, default="", db_default="")
    telefono = models.CharField(_("teléfono"), max_length=64, blank=True, default="", db_default="")
    direccion = models.CharField(_("dirección"), max_length=255, blank=True, default="", db_default="")
    pais = models.CharField(_("país"), max_length=2, blank=True, default="", db_default="")
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
