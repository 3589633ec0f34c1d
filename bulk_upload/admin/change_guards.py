"""Change guards in the admin: how much an upload of a supplier may change before a second person looks at it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db.models import ForeignKey, Q, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bulk_upload.admin.filters import OwnSuppliersFilter
from bulk_upload.admin.sheets import in_words, sheet_title
from bulk_upload.imports import registry
from bulk_upload.models import ChangeGuard
from bulk_upload.owners import owners_for, unowned_sheets_for


class ChangeGuardForm(forms.ModelForm[ChangeGuard]):
    """`unowned` are the sheets of no supplier that the person may send."""

    unowned: ClassVar[Collection[str]] = ()

    sheet_name = forms.ChoiceField(label=_("Contenido"))

    class Meta:
        model = ChangeGuard
        fields = ("proveedor", "sheet_name", "max_changed_percent", "max_price_percent", "refuse_zero_price")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheets = self.fields.get("sheet_name")
        if isinstance(sheets, forms.ChoiceField):
            offered = [each for name, each in registry.imports.items() if each.is_owned or name in self.unowned]
            sheets.choices = [(each.sheet.name, in_words(each.sheet.title)) for each in offered]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        declared = registry.imports.get(values.get("sheet_name", ""))
        if declared is None:
            return values
        owner = values.get("proveedor")
        if declared.is_owned and owner is None and "proveedor" not in self.errors:
            self.add_error("proveedor", _("Elija el proveedor: este contenido es de uno."))
        if not declared.is_owned and owner is not None:
            self.add_error("proveedor", _("Este contenido no es de ningún proveedor: déjelo vacío."))
        if not declared.large_change:
            if values.get("max_price_percent") is not None:
                self.add_error("max_price_percent", _("Este contenido no tiene precios."))
            values["refuse_zero_price"] = False
        limits = (values.get(name) for name in ("max_changed_percent", "max_price_percent"))
        if not values.get("refuse_zero_price") and all(limit is None for limit in limits):
            self.add_error(None, _("Escriba al menos un límite: así no detendría nada."))
        return values


@admin.register(ChangeGuard)
class ChangeGuardAdmin(admin.ModelAdmin[ChangeGuard]):
    """Each person sees the guards of the suppliers that it acts for, and of the sheets of staff that it may send."""

    form = ChangeGuardForm
    list_display = ["codigo_proveedor", "contenido", "max_changed_percent", "max_price_percent", "refuse_zero_price"]
    list_filter = [("proveedor", OwnSuppliersFilter)]
    list_select_related = ["proveedor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeGuard]:
        own = Q(proveedor__in=owners_for(request.user, self._permission("view")))
        of_nobody = Q(proveedor=None, sheet_name__in=unowned_sheets_for(request.user))
        return super().get_queryset(request).filter(own | of_nobody)

    def get_form(
        self, request: HttpRequest, obj: ChangeGuard | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.unowned = unowned_sheets_for(request.user)  # the class is this request's own
        return form

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "proveedor":
            kwargs["queryset"] = owners_for(request.user, self._permission("add")) | owners_for(
                request.user, self._permission("change")
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("proveedor"), ordering="proveedor")
    def codigo_proveedor(self, guard: ChangeGuard) -> str:
        return str(guard.proveedor or "–")

    @admin.display(description=_("contenido"), ordering="sheet_name")
    def contenido(self, guard: ChangeGuard) -> str:
        return sheet_title(guard.sheet_name)

    def _permission(self, action: str) -> str:
        return f"{self.opts.app_label}.{get_permission_codename(action, self.opts)}"
