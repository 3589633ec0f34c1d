"""The catalogue in the admin."""

from __future__ import annotations

from django.contrib import admin

from catalog.models import Category, Product, Supplier


@admin.register(Supplier)
class SupplierAdmin(admin.ModelAdmin[Supplier]):
    list_display = ["codigo", "nombre", "nit", "email", "activo"]
    list_filter = ["activo"]
    search_fields = ["codigo", "nombre", "nit"]
    autocomplete_fields = ["usuarios"]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    list_display = ["nombre", "created_at"]
    search_fields = ["nombre"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin[Product]):
    list_display = ["id", "codigo", "nombre", "categoria", "precio_unitario", "proveedor", "activo"]
    list_filter = ["activo", "proveedor", "categoria"]
    list_select_related = ["categoria", "proveedor"]
    search_fields = ["id", "codigo", "nombre"]
    readonly_fields = ["version", "created_at", "updated_at", "created_by_upload", "changed_by_upload"]
    autocomplete_fields = ["categoria", "proveedor"]
    show_full_result_count = False
