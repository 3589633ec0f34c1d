"""Remembered mappings in the admin: each person sees, changes and deletes those of the suppliers that it acts for."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulk_upload.admin.filters import OwnSuppliersFilter
from bulk_upload.admin.mapping_form import MappingForm
from bulk_upload.admin.sheets import sheet_title
from bulk_upload.imports import registry
from bulk_upload.models import RememberedMapping
from bulk_upload.owners import ADD_UPLOADS, VIEW_UPLOADS
from bulk_upload.receiving.mappings import mapping_of_json
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.sheet.header_normalization import normal_form
from bulk_upload.sheet.preview import PreviewColumn, Reason, SheetPreview
from medisupply.backends.database import database_now


class NameForm(forms.ModelForm[RememberedMapping]):
    class Meta:
        model = RememberedMapping
        fields = ("name",)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = RememberedMapping.objects.of(self.instance.proveedor_id, self.instance.sheet_name).filter(name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Ya hay otra con este nombre."))
        return name


@admin.register(RememberedMapping)
class RememberedMappingAdmin(admin.ModelAdmin[RememberedMapping]):
    """Who may see uploads sees them; who may upload for their owner changes and deletes them."""

    list_display = ["name", "codigo_proveedor", "contenido", "updated_at", "used_at"]
    list_filter = [("proveedor", OwnSuppliersFilter)]
    list_select_related = ["proveedor"]
    search_fields = ["name"]

    class Media:
        css: ClassVar[dict[str, Any]] = {"all": ["bulk_upload/uploads.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[RememberedMapping]:
        return RememberedMapping.objects.for_user(request.user, VIEW_UPLOADS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: RememberedMapping | None = None) -> bool:
        return bool(request.user.has_perm(VIEW_UPLOADS))

    def has_change_permission(self, request: HttpRequest, obj: RememberedMapping | None = None) -> bool:
        if not request.user.has_perm(ADD_UPLOADS):
            return False
        return obj is None or RememberedMapping.objects.for_user(request.user, ADD_UPLOADS).filter(pk=obj.pk).exists()

    def has_delete_permission(self, request: HttpRequest, obj: RememberedMapping | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        kept = self.get_object(request, object_id)
        if kept is None or kept.sheet_name not in registry.imports:
            raise Http404
        may_change = self.has_change_permission(request, kept)
        if request.method == "POST" and not may_change:
            raise PermissionDenied
        name = NameForm(request.POST or None, instance=kept)
        form = mapping_form(kept, request.POST or None)
        if request.method == "POST" and name.is_valid() and form.is_valid() and _save(kept, name, form):
            self.log_change(request, kept, [{"changed": {"fields": [str(_("columnas"))]}}])
            messages.success(request, _("Se guardó «%(name)s».") % {"name": kept.name})
            return HttpResponseRedirect(reverse("admin:bulk_upload_rememberedmapping_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Columnas recordadas «%(name)s»") % {"name": kept.name},
            "kept": kept,
            "content": sheet_title(kept.sheet_name),
            "name_form": name,
            "form": form,
            "may_change": may_change,
        }
        template = "admin/bulk_upload/rememberedmapping/change.html"
        return TemplateResponse(request, template, context)

    @admin.display(description=gettext_lazy("proveedor"), ordering="proveedor")
    def codigo_proveedor(self, kept: RememberedMapping) -> str:
        return kept.proveedor_id or "–"

    @admin.display(description=gettext_lazy("contenido"), ordering="sheet_name")
    def contenido(self, kept: RememberedMapping) -> str:
        return sheet_title(kept.sheet_name)


def mapping_form(kept: RememberedMapping, data: Any = None) -> MappingForm:
    """The form as the review page shows it, without cells: there is no file."""
    sheet = registry.get(kept.sheet_name).sheet
    preview = SheetPreview([], "", 0, 0, "", "", [_column(sheet, each, kept.mapping) for each in kept.headers], [])
    return MappingForm(data, sheet=sheet, preview=preview, wire=kept.mapping, has_place=False)


def _column(sheet: Sheet, header: dict[str, str], wire: dict[str, Any]) -> PreviewColumn:
    said: dict[str, str | None] = wire.get("columnas", {})
    letter, text, key = header["letter"], header["header"], header["key"]
    if key in said:
        return PreviewColumn(letter, text, key, said[key], Reason.MAPPING, is_ignored=said[key] is None)
    known = sheet.known_headers.get(normal_form(text))
    if known is None or known.name in said.values():
        return PreviewColumn(letter, text, key, None, Reason.NONE)
    return PreviewColumn(letter, text, key, known.name, Reason.NAME)


def _save(kept: RememberedMapping, name: NameForm, form: MappingForm) -> bool:
    """`False` when what was chosen does not fit the sheet; the form then says why."""
    place = {part: kept.mapping[part] for part in ("hoja", "fila_encabezado") if part in kept.mapping}
    try:
        mapping = mapping_of_json(place | form.wire, registry.get(kept.sheet_name).sheet)
    except RefusedUpload as refusal:
        form.add_error(None, refusal.message)
        return False
    kept.mapping, kept.updated_at = mapping.wire(), database_now()
    name.save()
    return True
