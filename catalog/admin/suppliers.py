"""Suppliers in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.admin.clean_texts import CleanTextsForm
from catalog.admin.concurrent_saves import ConcurrentSavesAdmin
from catalog.admin.protected_deletes import ProtectedDeletesAdmin
from catalog.models import Supplier


class SupplierForm(CleanTextsForm[Supplier]):
    codes = ("codigo", "nit")
    texts = ("nombre",)


@admin.register(Supplier)
class SupplierAdmin(ProtectedDeletesAdmin[Supplier], ConcurrentSavesAdmin[Supplier]):
    form = SupplierForm
    list_display = ["codigo", "nombre", "nit", "email", "activo"]
    list_filter = ["activo"]
    search_fields = ["codigo", "nombre", "nit"]
    autocomplete_fields = ["usuarios"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Supplier]:
        return Supplier.objects.for_user(request.user, "catalog.view_supplier")

    def get_readonly_fields(self, request: HttpRequest, obj: Supplier | None = None) -> list[str]:
        # The key of an existing row stays: saved under another one it would be another supplier.
        return ["codigo"] if obj else []
