"""Suppliers in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import ManyToManyField, QuerySet
from django.forms import Media, ModelMultipleChoiceField
from django.http import HttpRequest

from catalog import search
from catalog.admin.autocomplete_filter import SEARCH_SCRIPTS
from catalog.admin.imported import ImportedAdmin, ImportedForm
from catalog.admin.protected_deletes import ProtectedDeletesAdmin
from catalog.models import Supplier


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
class SupplierAdmin(ProtectedDeletesAdmin[Supplier], ImportedAdmin[Supplier]):
    form = SupplierForm
    list_display = ["codigo", "nombre", "nit", "contacto_email", "activo"]
    list_filter = ["activo"]
    search_fields = ["codigo", "nombre", "nit"]
    autocomplete_fields = ["usuarios"]

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Any] | None:
        if db_field.name == "usuarios":
            kwargs["widget"] = PeopleSelect(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Supplier]:
        return Supplier.objects.for_user(request.user, "catalog.view_supplier")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Supplier], search_term: str
    ) -> tuple[QuerySet[Supplier], bool]:
        return search.matching(queryset, ("codigo", "nombre", "nit"), search_term), False

    def get_readonly_fields(self, request: HttpRequest, obj: Supplier | None = None) -> list[str]:
        # The key of an existing row stays: saved under another one it would be another supplier.
        return ["codigo"] if obj else []
