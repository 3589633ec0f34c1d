"""A filter of a list by a related row that is searched, not chosen from a list of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import get_model_from_relation
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Field
from django.http import HttpRequest
from django.utils.translation import gettext as _

# Named in this order, the last one stays behind the scripts that make the field.
SEARCH_SCRIPTS: Final = ("admin/js/jquery.init.js", "admin/js/autocomplete.js", "catalog/search_select.js")


class SearchSelect(AutocompleteSelect):
    """Says what to do while nothing is chosen, and has a name for screen readers."""

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=SEARCH_SCRIPTS)

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return {**super().build_attrs(base_attrs, extra_attrs), "data-placeholder": _("Buscar…")}


class AutocompleteFilter(admin.RelatedFieldListFilter):
    """Needs `search_fields` at the related model's admin, and the media of `filter_media` at the list's."""

    template = "admin/autocomplete_filter.html"

    def field_choices(
        self, field: Field[Any, Any], request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        self._request, self._site = request, model_admin.admin_site
        return []

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """One entry: the search field, what else the address of the list holds, and the address without the filter."""
        name = str(self.lookup_kwarg)
        kept = [(key, value) for key, value in self._request.GET.lists() if key not in (name, PAGE_VAR)]
        yield {
            "field": self._form(name)[name],
            "kept": [(key, value) for key, values in kept for value in values],
            "is_set": self.lookup_val is not None,
            "without": changelist.get_query_string(remove=[name]),
        }

    def _form(self, name: str) -> forms.Form:
        rows = get_model_from_relation(self.field)._default_manager.all()
        widget = SearchSelect(self.field, self._site, attrs={"id": f"filter-{self.field.name}"})
        field = forms.ModelChoiceField(rows, required=False, widget=widget, label=self.title)
        value = self.lookup_val[-1] if isinstance(self.lookup_val, list) else self.lookup_val
        form = forms.Form(initial={name: value})
        form.fields[name] = field
        return form


def filter_media(field: Any, site: admin.AdminSite) -> forms.Media:
    """The scripts and styles that the search field needs."""
    return SearchSelect(field, site).media
