"""The catalogue's pages with what only uploads know: who made a product, what a supplier sent last."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin.outcome import outcome
from bulk_upload.models import BulkUpload
from catalog.admin.products import ProductAdmin, ProductForm
from catalog.admin.suppliers import SupplierAdmin
from catalog.models import Product, Supplier

LAST_UPLOADS = 10

admin.site.unregister(Product)
admin.site.unregister(Supplier)


class ProductWithUploadsForm(ProductForm):
    def last_change(self) -> SafeString | str:
        upload = self.instance.changed_by_upload
        return format_html(gettext("la carga {}"), _linked(upload)) if upload else super().last_change()


@admin.register(Product)
class ProductWithUploads(ProductAdmin):
    """Names the uploads that created and last changed a product, linked."""

    form = ProductWithUploadsForm

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ["bulk_upload/uploads.css"]}

    @admin.display(description=_("carga que lo creó"))
    def creating_upload(self, product: Product) -> SafeString | str:
        return _linked(product.created_by_upload)

    @admin.display(description=_("última carga que lo cambió"))
    def changing_upload(self, product: Product) -> SafeString | str:
        return _linked(product.changed_by_upload)


@admin.register(Supplier)
class SupplierWithUploads(SupplierAdmin):
    """Shows a supplier's last uploads."""

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ["bulk_upload/uploads.css"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Supplier | None = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "last_uploads"] if obj else fields

    @admin.display(description=_("últimas cargas"))
    def last_uploads(self, supplier: Supplier) -> SafeString | str:
        uploads = BulkUpload.objects.filter(proveedor=supplier).defer("productos_creados", "productos_actualizados")
        lines = [(_address(upload.pk), upload.filename, upload) for upload in uploads[:LAST_UPLOADS]]
        if not lines:
            return "–"
        items = format_html_join("", '<li><a href="{}">{}</a> · {}</li>', ((a, n, _state(u)) for a, n, u in lines))
        everything = reverse("admin:bulk_upload_bulkupload_changelist")
        return format_html(
            '<ul class="ultimas-cargas">{}</ul><a href="{}?proveedor__codigo__exact={}">{}</a>',
            items,
            everything,
            supplier.pk,
            _("Todas sus cargas"),
        )


def _state(upload: BulkUpload) -> str:
    return f"{outcome(upload).label} · {_day(upload)}"


def _day(upload: BulkUpload) -> str:
    return date_format(localtime(upload.created_at), "SHORT_DATE_FORMAT")


def _address(task_id: uuid.UUID) -> str:
    return reverse("admin:bulk_upload_bulkupload_change", args=[task_id])


def _linked(task_id: uuid.UUID | None) -> SafeString | str:
    if task_id is None:
        return "–"
    upload = BulkUpload.objects.filter(pk=task_id).only("filename", "created_at").first()
    if upload is None:
        return str(task_id)
    return format_html('<a href="{}">{}</a> ({})', _address(task_id), upload.filename, _day(upload))
