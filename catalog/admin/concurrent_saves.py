"""Admin pages that lock the row from validation to commit, and write only what has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.contrib import admin
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

# Somebody else took the same key, or referred to a row that is being deleted, between the check and the
# write: the second try's check sees it, and the page says so.
TRIES: Final = 2

M = TypeVar("M", bound=Model)


class ConcurrentSavesAdmin(admin.ModelAdmin[M]):
    """To be used with an `EditConflictForm`."""

    def audit_fields(self, obj: M) -> list[str]:
        """Set the fields of `obj` that describe its last change; returns their names."""
        return []

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M | None:
        """The row, locked when it is about to be changed or deleted."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not transaction.get_connection().in_atomic_block:
            return found
        # NO KEY: imports refer to suppliers and categories (FOR KEY SHARE) and are not waited for.
        return self.get_queryset(request).select_for_update(no_key=True).filter(pk=found.pk).first()

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        if not change:
            self.audit_fields(obj)
            # Without it Django first tries to update: a row that was created a moment ago would be taken over.
            obj.save(force_insert=True)
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        changed = [name for name in form.changed_data if name in columns]
        if changed:
            obj.save(update_fields=[*changed, *self.audit_fields(obj)])

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        return super().log_change(request, obj, message) if message else None

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _tried_again(super().changeform_view, request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _tried_again(super().delete_view, request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # An action logs what it is about to delete: both happen or neither.
        context = {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        return _tried_again(super().changelist_view, request, context)


def _tried_again(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method != "POST":
        return view(request, *args, **kwargs)
    for _earlier in range(TRIES - 1):
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except IntegrityError:
            continue
    with transaction.atomic():
        return view(request, *args, **kwargs)
