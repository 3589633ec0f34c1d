"""The admin site: its names, and its first page, which shows a person's uploads and the next step."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bulk_upload.models import BulkUpload
from catalog.models import Supplier
from medisupply.login import LoginForm, PasswordPage, refused_as_throttled

LAST_UPLOADS: Final = 10


class MediSupplyAdminSite(admin.AdminSite):
    site_header = "MediSupply"
    site_title = "MediSupply"
    site_url = None  # there is no other site: its first page is the admin's
    login_form = LoginForm
    index_title = _("Inicio")
    index_template = "admin/home.html"

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**_uploads(request), **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return refused_as_throttled(request, super().login(request, extra_context))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        request.current_app = self.name
        page = PasswordPage.as_view(
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return refused_as_throttled(request, page(request))

    def logout(  # type: ignore[override]  # Django itself redirects as well, to `next`
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        # The page that says goodbye has this address: who opens it again signs in, and reads no empty page.
        if request.method == "GET":
            return HttpResponseRedirect(reverse("admin:index"))
        return super().logout(request, extra_context)


def _uploads(request: HttpRequest) -> dict[str, Any]:
    """The person's last uploads and suppliers; nothing for who may not look at uploads."""
    may_view = request.user.has_perm("bulk_upload.view_bulkupload")
    may_add = request.user.has_perm("bulk_upload.add_bulkupload")
    if not (may_view or may_add):
        return {}
    uploads = BulkUpload.objects.for_user(request.user).select_related("proveedor")
    suppliers = Supplier.objects.filter(usuarios=request.user.pk, activo=True)
    return {
        "may_view_uploads": may_view,
        "may_upload": may_add,
        "own_suppliers": suppliers,
        "last_uploads": uploads.defer("productos_creados", "productos_actualizados")[:LAST_UPLOADS] if may_view else [],
    }
