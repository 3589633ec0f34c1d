"""Uploads in the admin: to look at, never to edit."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from bulk_upload.models import BulkUpload


@admin.register(BulkUpload)
class BulkUploadAdmin(admin.ModelAdmin[BulkUpload]):
    list_display = ["filename", "status", "proveedor", "created_by", "created_at", "total", "exitosos", "rechazados"]
    list_filter = ["status", "proveedor", "created_at"]
    list_select_related = ["proveedor", "created_by"]
    search_fields = ["filename", "task_id"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: BulkUpload | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: BulkUpload | None = None) -> bool:
        return False
