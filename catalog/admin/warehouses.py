"""Warehouses in the admin."""

from __future__ import annotations

from django.contrib import admin

from catalog.admin.clean_texts import CleanTextsForm
from catalog.admin.concurrent_saves import ConcurrentSavesAdmin
from catalog.admin.keyed_rows import KeyedAdmin
from catalog.checked_texts import checked
from catalog.models import Warehouse, warehouse_code


class WarehouseForm(CleanTextsForm[Warehouse]):
    texts = ("nombre", "ciudad", "direccion")

    def clean_codigo(self) -> str:
        return checked(warehouse_code, str(self.cleaned_data["codigo"]))

    def clean_pais(self) -> str:
        return str(self.cleaned_data["pais"]).upper()


@admin.register(Warehouse)
class WarehouseAdmin(KeyedAdmin[Warehouse], ConcurrentSavesAdmin[Warehouse]):
    form = WarehouseForm
    list_display = ["codigo", "nombre", "pais", "ciudad", "tipo", "activo"]
    list_filter = ["activo", "tipo", "pais"]
    search_fields = ["codigo", "nombre", "ciudad"]
