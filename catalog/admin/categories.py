"""Categories in the admin: imports create them, people approve and merge them."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bulk_upload.history.edits import Editor
from bulk_upload.models import EditSource
from bulk_upload.sheet.text_cleaning import clean_text
from catalog.admin.autocomplete_filter import SearchSelect
from catalog.admin.concurrent_saves import ConcurrentSavesAdmin
from catalog.admin.edit_conflicts import EditConflictForm
from catalog.admin.keyed_rows import KeyedAdmin
from catalog.checked_texts import checked
from catalog.merging import merge_categories
from catalog.models import Category, Product
from medisupply.web import history

MERGE_PERMISSIONS: Final = ("catalog.delete_category", "catalog.change_product", "catalog.all_suppliers")


class CategoryForm(EditConflictForm[Category]):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "aprobada" in self.fields:
            self.initial.setdefault("aprobada", True)  # by the person who creates it

    def clean_nombre(self) -> str:
        """The name as imports write it. The model then checks the length: ``ß`` has become ``SS``."""
        name = checked(clean_text, str(self.cleaned_data["nombre"]))
        return unicodedata.normalize("NFC", name.upper())


class MergeForm(forms.Form):
    """The category that takes over the products of `sources`."""

    def __init__(self, sources: QuerySet[Category], site: admin.AdminSite, data: Any = None) -> None:
        super().__init__(data)
        self.fields["target"] = forms.ModelChoiceField(
            Category.objects.exclude(pk__in=sources.values("pk")),
            label=_("Categoría que queda"),
            widget=SearchSelect(Product._meta.get_field("categoria"), site),
            error_messages={"invalid_choice": _("Elija una categoría que no esté entre las que se unen.")},
        )


@admin.register(Category)
class CategoryAdmin(KeyedAdmin[Category], ConcurrentSavesAdmin[Category]):
    form = CategoryForm
    list_display = ["nombre", "aprobada", "created_at"]
    list_filter = ["aprobada"]
    search_fields = ["nombre"]
    shown = ("created_at",)
    actions = ["approve_selected", "merge_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        return super().get_queryset(request).filter(pk__in=Category.objects.for_user(request.user))

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Merging changes the products of every supplier that uses the categories."""
        return request.user.has_perms(MERGE_PERMISSIONS)

    @admin.action(description=gettext_lazy("Aprobar las categorías seleccionadas"), permissions=["change"])
    def approve_selected(self, request: HttpRequest, categories: QuerySet[Category]) -> None:
        pending = list(categories.filter(aprobada=False))
        Category.objects.filter(pk__in=[category.pk for category in pending]).update(aprobada=True)
        for category in pending:
            self.log_change(request, category, [{"changed": {"fields": ["aprobada"]}}])
        text = ngettext("Se aprobó %d categoría.", "Se aprobaron %d categorías.", len(pending)) % len(pending)
        self.message_user(request, text, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Unir las categorías seleccionadas"), permissions=["merge"])
    def merge_selected(self, request: HttpRequest, categories: QuerySet[Category]) -> HttpResponseBase | None:
        """Ask for the category that stays; then move the products and delete the others."""
        form = MergeForm(categories, self.admin_site, request.POST if "merge" in request.POST else None)
        if form.is_valid():
            target = form.cleaned_data["target"]
            names = list(categories.values_list("pk", flat=True))
            moved = merge_categories(names, target, Editor(request.user, EditSource.ADMIN))
            self.log_change(request, target, history.message("merged", names=", ".join(names)))
            text = ngettext(
                "%(count)d producto pasó a «%(target)s».", "%(count)d productos pasaron a «%(target)s».", moved
            )
            self.message_user(request, text % {"count": moved, "target": target}, messages.SUCCESS)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Unir categorías"),
            "opts": self.opts,
            "sources": categories.annotate(products=Count("product")),
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/catalog/category/merge.html", context)
