"""Categories in the admin."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from catalog.admin.concurrent_saves import ConcurrentSavesAdmin
from catalog.admin.edit_conflicts import EditConflictForm
from catalog.admin.protected_deletes import ProtectedDeletesAdmin
from catalog.models import Category


class CategoryForm(EditConflictForm[Category]):
    def clean_nombre(self) -> str:
        """The name as imports write it. The model then checks the length: ``ß`` has become ``SS``."""
        return unicodedata.normalize("NFC", str(self.cleaned_data["nombre"]).upper())


@admin.register(Category)
class CategoryAdmin(ProtectedDeletesAdmin[Category], ConcurrentSavesAdmin[Category]):
    form = CategoryForm
    list_display = ["nombre", "created_at"]
    search_fields = ["nombre"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The key of an existing row stays: saved under another one it would be another category.
        return ["nombre", "created_at"] if obj else []
