"""Products in the admin: found, changed, exported."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, QuerySet
from django.forms import Media, ModelChoiceField
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin.filters import OwnSuppliersFilter
from bulk_upload.sheet.addressable_ids import is_addressable
from bulk_upload.sheet.columns import Kind
from bulk_upload.workbooks.errors_file import ExportFormat
from catalog import search
from catalog.admin.autocomplete_filter import AutocompleteFilter, filter_media
from catalog.admin.imported import ABOUT_CHANGES, ImportedAdmin, ImportedForm
from catalog.admin.keyed_rows import KeyedAdmin
from catalog.checked_texts import parsed
from catalog.exports import export_products
from catalog.models import Category, Product, Supplier, SupplierQuerySet
from catalog.sheets.products import PRODUCTS
from medisupply.api.throttles import too_many_exports
from medisupply.web.attachments import Attachment


def _suppliers(request: HttpRequest) -> SupplierQuerySet:
    return Supplier.objects.for_user(request.user, "catalog.view_product")


def _columns(kind: Kind) -> tuple[str, ...]:
    """The sheet's columns of this kind that are no references."""
    return tuple(column.name for column in PRODUCTS.columns if column.kind == kind and column.name != "categoria")


class ProductForm(ImportedForm[Product]):
    codes = _columns("code")
    texts = _columns("text")

    def clean_gtin(self) -> str:
        return self._parsed("gtin")

    def clean_atc(self) -> str:
        return self._parsed("atc")

    def _parsed(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        return parsed(PRODUCTS.column(name), text) if text and self._was_written(name) else text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        key = cleaned.get("id")
        if key and not is_addressable(key):
            self.add_error("id", gettext("Este id no se puede usar en una dirección web: escriba otro."))
        return cleaned


@admin.register(Product)
class ProductAdmin(KeyedAdmin[Product], ImportedAdmin[Product]):
    form = ProductForm
    list_display = ["id", "codigo", "nombre", "categoria", "precio_unitario", "codigo_proveedor", "activo"]
    list_filter = ["activo", ("proveedor", OwnSuppliersFilter), ("categoria", AutocompleteFilter)]
    list_select_related = ["categoria", "proveedor"]
    search_fields = ["id", "codigo", "nombre", "categoria"]  # see `catalog.search`
    autocomplete_fields = ["categoria", "proveedor"]
    show_full_result_count = False
    shown = ABOUT_CHANGES

    @property
    def media(self) -> Media:
        return super().media + filter_media(Product._meta.get_field("categoria"), self.admin_site)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return _suppliers(request).own(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        suppliers = _suppliers(request)
        if chosen := request.GET.get("proveedor__codigo__exact"):
            suppliers = suppliers.filter(pk=chosen)
        return search.products(queryset, search_term, suppliers), False

    @admin.display(description=_("proveedor"), ordering="proveedor")
    def codigo_proveedor(self, product: Product) -> SafeString:
        return format_html('<span title="{}">{}</span>', product.proveedor.nombre, product.proveedor_id)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "proveedor":
            kwargs["queryset"] = Supplier.objects.for_user(request.user, "catalog.change_product")
        if db_field.name == "categoria":
            kwargs["queryset"] = Category.objects.for_user(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/<slug:file_format>/", export, name="catalog_product_export"), *super().get_urls()]

    def export_view(self, request: HttpRequest, file_format: str) -> HttpResponseBase:
        """The list as it is filtered, searched and ordered, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if file_format not in list(ExportFormat):
            raise Http404
        if refused := too_many_exports(request):
            return refused
        products = self.get_changelist_instance(request).get_queryset(request)
        kind = ExportFormat(file_format)
        blocks = export_products(products, kind, get_language() or "")
        return Attachment(f"productos.{kind}", kind.content_type, blocks).response()
