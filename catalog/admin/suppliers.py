"""Suppliers in the admin, with what they sent last."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import ManyToManyField, QuerySet
from django.forms import Media, ModelMultipleChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin.outcome import outcome
from bulk_upload.models import BulkUpload
from catalog.admin.autocomplete_filter import SEARCH_SCRIPTS
from catalog.admin.imported import ImportedAdmin, ImportedForm, received_on, upload_address
from catalog.admin.keyed_rows import KeyedAdmin
from catalog.models import Supplier

LAST_UPLOADS = 10


class SupplierForm(ImportedForm[Supplier]):
    codes = ("codigo", "nit")
    texts = ("nombre", "contacto_nombre", "telefono", "direccion")

    def clean_pais(self) -> str:
        return str(self.cleaned_data["pais"]).upper()


class PeopleSelect(AutocompleteSelectMultiple):
    """Without the cross that removes everybody: it stands within Select2's list, where only entries may be."""

    @property
    def media(self) -> Media:
        return super().media + Media(js=SEARCH_SCRIPTS)

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().build_attrs(base_attrs, extra_attrs), "data-allow-clear": "false"}


@admin.register(Supplier)
class SupplierAdmin(KeyedAdmin[Supplier], ImportedAdmin[Supplier]):
    form = SupplierForm
    list_display = ["codigo", "nombre", "nit", "contacto_email", "activo"]
    list_filter = ["activo"]
    search_fields = ["codigo", "nombre", "nit"]
    autocomplete_fields = ["usuarios"]
    shown = ("last_uploads",)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        if db_field.name == "usuarios":
            kwargs["widget"] = PeopleSelect(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Supplier]:
        return Supplier.objects.for_user(request.user, "catalog.view_supplier")

    @admin.display(description=_("últimas cargas"))
    def last_uploads(self, supplier: Supplier) -> SafeString | str:
        uploads = BulkUpload.objects.filter(proveedor=supplier).defer("productos_creados", "productos_actualizados")
        lines = [
            (upload_address(upload.pk), upload.filename, outcome(upload).label, received_on(upload))
            for upload in uploads[:LAST_UPLOADS]
        ]
        if not lines:
            return "–"
        items = format_html_join("", '<li><a href="{}">{}</a> · {} · {}</li>', lines)
        everything = reverse("admin:bulk_upload_bulkupload_changelist")
        return format_html(
            '<ul class="ultimas-cargas">{}</ul><a href="{}?proveedor__codigo__exact={}">{}</a>',
            items,
            everything,
            supplier.pk,
            _("Todas sus cargas"),
        )
