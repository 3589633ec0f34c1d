"""The page that takes a file: the admin's "add" page of uploads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from bulk_upload.admin.forms import UploadForm
from bulk_upload.admin.review_page import review_address
from bulk_upload.admin.sheets import alternatives, requested_sheet, sheet_choices, title_within_sentence
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.drafts.accept import accept_draft
from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload, Operation
from bulk_upload.receiving.multipart import read_by_our_rules
from bulk_upload.receiving.refusals import RefusedUpload, status_of
from bulk_upload.receiving.upload_size import check_length, max_megabytes
from medisupply.web import history


class UploadPage(ScopedUploads):
    """Takes a file by an ordinary form, or by the page's script, which shows the bytes going up."""

    # The outer view catches what `UploadSizeGuard` raises while the body is read, and reading the
    # body is the first thing that the check of the CSRF token does: so that check stands within.
    @method_decorator(csrf_exempt)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        read_by_our_rules(request)
        try:
            if request.method == "POST":
                check_length(request.META)
            return self._checked_upload(request)
        except RefusedUpload as refusal:
            return self._refused(request, _form_of_address(request), refusal)

    @method_decorator(csrf_protect)
    def _checked_upload(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._page(request, _form_of_address(request))
        sheet = requested_sheet(request.GET.get("hoja"), request.user)
        form = UploadForm(request.POST, request.FILES, user=request.user, sheet_name=sheet.name)
        if not form.is_valid():
            return self._answer(request, form, 400)
        sent: dict[str, Any] = {
            "file": form.cleaned_data["file"],
            "sheet": form.sheet,
            "owner": form.cleaned_data.get("proveedor"),
            "user": request.user,
            "reemplazar_duplicados": form.cleaned_data["reemplazar_duplicados"],
            "solo_validar": form.cleaned_data["solo_validar"],
        }
        try:
            if form.cleaned_data["revisar"]:
                return _go_to(request, review_address(accept_draft(**sent)))
            return self._accepted(request, accept_upload(**sent))
        except RefusedUpload as refusal:
            return self._refused(request, form, refusal)

    def _accepted(self, request: HttpRequest, upload: BulkUpload) -> HttpResponse:
        action = "planned" if upload.operation == Operation.PLAN else "uploaded"
        self.log_addition(request, upload, history.message(action))
        if not _wants_json(request):
            messages.success(request, _("Se recibió «%(filename)s».") % {"filename": upload.filename})
        return _go_to(request, reverse("admin:bulk_upload_bulkupload_change", args=[upload.pk]))

    def _refused(self, request: HttpRequest, form: UploadForm, refusal: RefusedUpload) -> HttpResponse:
        """The form as it was filled, with the reason beside the file."""
        if form.is_bound:
            form.add_error("file", refusal.message)
            return self._answer(request, form, status_of(refusal))
        if _wants_json(request):
            return JsonResponse({"errors": {"file": [refusal.message]}}, status=status_of(refusal))
        return self._page(request, form, status_of(refusal), unread=refusal.message)

    def _answer(self, request: HttpRequest, form: UploadForm, status: int) -> HttpResponse:
        if _wants_json(request):
            return JsonResponse({"errors": form.errors}, status=status)
        return self._page(request, form, status)

    def _page(self, request: HttpRequest, form: UploadForm, status: int = 200, unread: str = "") -> HttpResponse:
        context = self.page_context(
            request,
            title=_("Cargar %(title)s") % {"title": title_within_sentence(form.sheet)},
            form=form,
            sheets=sheet_choices(self.admin_site, request),
            alternatives=alternatives(form.sheet),
            advice=form.declared.advice,
            unread=unread,
            max_bytes=settings.BULK_UPLOAD_MAX_BYTES,
            max_megabytes=max_megabytes(),
            sheet=form.sheet,
            required=[column.name for column in form.sheet.columns if column.required],
            max_rows=settings.BULK_UPLOAD_MAX_ROWS,
            texts=_texts(),
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/upload.html", context, status=status)


def _form_of_address(request: HttpRequest) -> UploadForm:
    """The empty form for the sheet that the address names."""
    sheet = requested_sheet(request.GET.get("hoja"), request.user)
    return UploadForm(user=request.user, sheet_name=sheet.name)


def _go_to(request: HttpRequest, address: str) -> HttpResponse:
    """Let the page's script go there, or the browser itself."""
    if _wants_json(request):
        return JsonResponse({"address": address}, status=201)
    return HttpResponseRedirect(address)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _texts() -> dict[str, str]:
    """What the page's script says; ``{…}`` is filled in there."""
    return {
        "chosen": _("Archivo elegido: {name} ({size})"),
        "sending": _("Enviando: {percent} % ({sent} de {total} MB)"),
        "sent": _("Archivo enviado; registrando la carga…"),
        "tooLarge": _("El archivo supera el límite de {limit} MB: divídalo en varios."),
        "wrongType": _(
            "Se admiten archivos .xlsx, .xls, .xlsb, .ods, .csv y .zip; «{name}» no lo es: guárdelo como .xlsx."
        ),
        "onlyOne": _("Suelte un solo archivo."),
        "noFile": _("Elija un archivo."),
        "noConnection": _("No hay conexión con el servidor: el archivo no se envió. Intente de nuevo."),
        "failed": _("El servidor no pudo recibir el archivo (respuesta {status}). Intente de nuevo."),
        "expired": _("Su sesión terminó o ya no tiene permiso: recargue la página e inicie sesión."),
    }
