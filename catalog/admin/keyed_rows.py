"""Admin pages of rows that are known by a key: found by words, and kept under their key."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from catalog import search
from catalog.admin.protected_deletes import ProtectedDeletesAdmin

M = TypeVar("M", bound=Model)


class KeyedAdmin(ProtectedDeletesAdmin[M]):
    # Shown below an existing row, not edited.
    shown: ClassVar[tuple[str, ...]] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        return search.matching(queryset, tuple(map(str, self.search_fields)), search_term), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # The key of an existing row stays: saved under another one it would be another row.
        return [obj._meta.pk.name, *self.shown] if obj else []
