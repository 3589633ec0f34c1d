"""What is stored of each product, by warehouse and lot."""

from __future__ import annotations

from typing import Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from bulk_upload.models.imported import ImportedModel
from catalog.models.products import Product
from catalog.models.suppliers import Supplier
from catalog.models.warehouses import Warehouse


class StockState(models.TextChoices):
    CRITICAL = "CRITICO", _("crítico")
    LOW = "BAJO", _("bajo")
    NORMAL = "NORMAL", _("normal")


class StockLotQuerySet(models.QuerySet["StockLot"]):
    def for_user(self, user: AbstractBaseUser | AnonymousUser, permission: str = "catalog.view_stocklot") -> Self:
        """The lots of the products of the suppliers that `user` may act for."""
        suppliers = Supplier.objects.for_user(user, permission)
        # Of all suppliers are all: as `SupplierQuerySet.own`.
        return self.filter(producto__proveedor__in=suppliers) if suppliers.query.has_filters() else self


class StockLot(ImportedModel):
    """The units of one product in one warehouse that came with one lot; a blank `lote` is "no lot"."""

    # A product or warehouse with lots is not deleted: what is in store does not vanish.
    producto = models.ForeignKey(
        Product, models.PROTECT, db_index=False, related_name="lots", verbose_name=_("producto")
    )
    bodega = models.ForeignKey(Warehouse, models.PROTECT, db_index=False, related_name="lots", verbose_name=_("bodega"))
    lote = models.CharField(_("lote"), max_length=64, blank=True, default="", db_default="")
    cantidad = models.PositiveIntegerField(_("cantidad"))
    fecha_vencimiento = models.DateField(_("fecha de vencimiento"), null=True, blank=True)
    condiciones = models.CharField(_("condiciones"), max_length=255, blank=True, default="", db_default="")

    objects = StockLotQuerySet.as_manager()

    class Meta:
        verbose_name = _("lote en bodega")
        verbose_name_plural = _("lotes en bodega")
        ordering = ["producto_id", "bodega_id", "lote"]  # the columns: their models' own orders need joins
        # Each index costs on every imported row. The key also finds a product's lots (a supplier's list, the check
        # before a product is deleted); the other one finds a warehouse's.
        constraints = [models.UniqueConstraint(fields=["producto", "bodega", "lote"], name="stock_lot_unique")]
        indexes = [models.Index(fields=["bodega"], name="stock_lot_by_warehouse")]

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.producto_id, self.bodega_id, self.lote)))

    @property
    def estado_stock(self) -> StockState:
        """What the lot's quantity is beside the limits of its product."""
        if self.cantidad <= self.producto.stock_critico:
            return StockState.CRITICAL
        return StockState.LOW if self.cantidad <= self.producto.stock_minimo else StockState.NORMAL
