"""Warehouses in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from catalog import search
from catalog.admin.clean_texts import CleanTextsForm
from catalog.admin.concurrent_saves import ConcurrentSavesAdmin
from catalog.admin.protected_deletes import ProtectedDeletesAdmin
from catalog.checked_texts import checked
from catalog.models import Warehouse, warehouse_code

SEARCHED = ("codigo", "nombre", "ciudad")


class WarehouseForm(CleanTextsForm[Warehouse]):
    texts = ("nombre", "ciudad", "direccion")

    def clean_codigo(self) -> str:
        return checked(warehouse_code, str(self.cleaned_data["codigo"]))

    def clean_pais(self) -> str:
        return str(self.cleaned_data["pais"]).upper()


@admin.register(Warehouse)
class WarehouseAdmin(ProtectedDeletesAdmin[Warehouse], ConcurrentSavesAdmin[Warehouse]):
    form = WarehouseForm
    list_display = ["codigo", "nombre", "pais", "ciudad", "tipo", "activo"]
    list_filter = ["activo", "tipo", "pais"]
    search_fields = SEARCHED

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Warehouse], search_term: str
    ) -> tuple[QuerySet[Warehouse], bool]:
        return search.matching(queryset, SEARCHED, search_term), False

    def get_readonly_fields(self, request: HttpRequest, obj: Warehouse | None = None) -> list[str]:
        # The key of an existing row stays: saved under another one it would be another warehouse.
        return ["codigo"] if obj else []
