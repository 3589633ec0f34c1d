"""Categories of products."""

from __future__ import annotations

from typing import Final, Self

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.suppliers import Supplier

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
        products = apps.get_model("catalog.Product")._default_manager  # its module imports this one
        used = products.filter(proveedor__in=suppliers).values("categoria_id").distinct()
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
