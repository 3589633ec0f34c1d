"""Stock in the admin: the lots of one's own products."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, Q, QuerySet
from django.forms import Media, ModelChoiceField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog import search
from catalog.admin.autocomplete_filter import AutocompleteFilter, filter_media
from catalog.admin.imported import ABOUT_CHANGES, ImportedAdmin, ImportedForm
from catalog.models import Product, StockLot, Supplier


class StockLotForm(ImportedForm[StockLot]):
    codes = ("lote",)
    texts = ("condiciones",)


@admin.register(StockLot)
class StockLotAdmin(ImportedAdmin[StockLot]):
    form = StockLotForm
    list_display = ["producto", "codigo_bodega", "lote", "cantidad", "fecha_vencimiento", "estado"]
    list_filter = [("bodega", AutocompleteFilter)]
    list_select_related = ["producto", "bodega"]
    ordering = ["producto", "bodega_id", "lote"]  # by names of columns, which show it
    search_fields = ["producto", "lote"]  # see `get_search_results`
    autocomplete_fields = ["producto", "bodega"]
    show_full_result_count = False

    @property
    def media(self) -> Media:
        return super().media + filter_media(StockLot._meta.get_field("bodega"), self.admin_site)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockLot]:
        return StockLot.objects.for_user(request.user).order_by(*self.get_ordering(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StockLot], search_term: str
    ) -> tuple[QuerySet[StockLot], bool]:
        """Those of the products that are found, and those whose lot is named so."""
        text = search_term.strip()
        if not text:
            return queryset, False
        suppliers = Supplier.objects.for_user(request.user, "catalog.view_stocklot")
        products = search.products(suppliers.own(Product.objects.all()), text, suppliers)
        return queryset.filter(Q(producto__in=products) | Q(lote__icontains=text)), False

    def get_readonly_fields(self, request: HttpRequest, obj: StockLot | None = None) -> list[str]:
        # What an imported row is known by stays.
        return ["producto", "bodega", "lote", *ABOUT_CHANGES] if obj else []

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "producto":
            suppliers = Supplier.objects.for_user(request.user, "catalog.add_stocklot")
            kwargs["queryset"] = suppliers.own(Product.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("bodega"), ordering="bodega_id")
    def codigo_bodega(self, lot: StockLot) -> SafeString:
        return format_html('<span title="{}">{}</span>', lot.bodega.nombre, lot.bodega_id)

    @admin.display(description=_("estado"))
    def estado(self, lot: StockLot) -> str:
        return str(lot.estado_stock.label)
