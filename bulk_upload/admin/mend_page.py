"""The page on which rejected rows are corrected: a worker reads them, a person types, and the right ones are sent."""

from __future__ import annotations

import uuid
from typing import Final

import msgspec
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bulk_upload import storage
from bulk_upload.admin.corrections_page import CorrectionsPage, preparation_state
from bulk_upload.admin.mend_rows import ready_sentence, shown_row, typed_of
from bulk_upload.admin.paging import page_numbers
from bulk_upload.mending.edits import replace_equal, save
from bulk_upload.mending.grid import Grid
from bulk_upload.mending.rejected_rows import read_rejected_rows
from bulk_upload.mending.sending import send_ready
from bulk_upload.models import BulkUpload, FileState, PreparedFile
from bulk_upload.owners import may_act_for
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.workbooks import downloads, prepared_files
from bulk_upload.workbooks.download_errors import NoFile
from medisupply.web import history

ROWS: Final = 50
# Of one page: Django takes 1,000 fields of a form (`DATA_UPLOAD_MAX_NUMBER_FIELDS`).
BOXES: Final = 900
# Replacements that are offered at once.
EQUAL: Final = 10
ROW_TEMPLATE: Final = "admin/bulk_upload/bulkupload/mend_row.html"


class MendPage(CorrectionsPage):
    def mend_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """The rows, or how far the worker is with reading them; a POST keeps what was typed, and sends it."""
        upload = self._mendable(request, task_id)
        try:
            file = _rows_file(upload)
            grid = _grid(upload, file)
        except NoFile as missing:
            return self.back_to(request, upload, missing.sentence)
        if grid is None:
            return self._rows_awaited(request, file)
        if request.method == "POST":
            return self._keep_or_send(request, grid)
        return self._grid_page(request, grid, file)

    def mend_state_view(self, request: HttpRequest, task_id: uuid.UUID) -> JsonResponse:
        upload = self._mendable(request, task_id)
        try:
            return JsonResponse(preparation_state(_rows_file(upload), _("Las filas están listas.")))
        except NoFile as missing:
            raise Http404 from missing

    def mend_row_view(self, request: HttpRequest, task_id: uuid.UUID, fila: int) -> HttpResponse:
        """Keep one row's boxes (POST), and give the row again as the checks see it now."""
        upload = self._mendable(request, task_id)
        try:
            grid = _grid(upload, _rows_file(upload)) if request.method == "POST" else None
        except NoFile as missing:
            raise Http404 from missing
        if grid is None:
            return JsonResponse({}, status=409)
        typed = typed_of(request.POST)
        save(grid, {fila: typed.get(fila, {})})
        grid = Grid(upload, grid.rejected)
        row = grid.row(fila)
        if row is None:
            return JsonResponse({}, status=409)
        shown = shown_row(row, grid.shown_columns, _language(), is_whole=request.POST.get("entera") == str(fila))
        answer = {
            "row": render_to_string(ROW_TEMPLATE, {"row": shown, "upload": upload}, request),
            "said": shown.announcement,
            "ready": ready_sentence(len(grid.ready), len(grid.rows)),
        }
        return JsonResponse(answer)

    def _mendable(self, request: HttpRequest, task_id: uuid.UUID) -> BulkUpload:
        upload = self.visible_upload(request, task_id)
        acts = self.has_add_permission(request) and may_act_for(request.user, upload)
        if not acts or (upload.proveedor and not upload.proveedor.activo):
            raise PermissionDenied
        return upload

    def _keep_or_send(self, request: HttpRequest, grid: Grid) -> HttpResponse:
        action = request.POST.get("accion")
        if action == "reemplazar":
            self._replace_equal(request, grid)
        else:
            save(grid, typed_of(request.POST))
            grid = Grid(grid.upload, grid.rejected)
            if action == "importar":
                return self._send_ready(request, grid)
            messages.info(request, ready_sentence(len(grid.ready), len(grid.rows)))
        return _to_page(request, grid.upload)

    def _replace_equal(self, request: HttpRequest, grid: Grid) -> None:
        column, text = request.POST.get("columna", ""), request.POST.get("valor", "")
        count = replace_equal(grid, column, text, request.POST.get("nuevo", ""))
        sentence = ngettext("Se reemplazó en %(n)s fila.", "Se reemplazó en %(n)s filas.", count) % {"n": count}
        grid = Grid(grid.upload, grid.rejected)
        messages.info(request, f"{sentence} {ready_sentence(len(grid.ready), len(grid.rows))}")

    def _send_ready(self, request: HttpRequest, grid: Grid) -> HttpResponse:
        try:
            sent = send_ready(grid, request.user)
        except RefusedUpload as refusal:
            messages.error(request, refusal.message)
            return _to_page(request, grid.upload)
        if sent is None:
            messages.warning(
                request, _("Ninguna fila está lista: escriba los valores correctos en las celdas marcadas.")
            )
            return _to_page(request, grid.upload)
        if not sent.repeated:
            self.log_addition(request, sent, history.message("mended"))
        return HttpResponseRedirect(reverse("admin:bulk_upload_bulkupload_change", args=[sent.pk]))

    def _rows_awaited(self, request: HttpRequest, file: PreparedFile) -> TemplateResponse:
        state = preparation_state(file, _("Las filas están listas."))
        return self.waiting_page(request, file, "mend", state, title=_("Corregir en la página"))

    def _grid_page(self, request: HttpRequest, grid: Grid, file: PreparedFile) -> TemplateResponse:
        pages = Paginator(grid.rows, max(1, min(ROWS, BOXES // max(1, len(grid.columns)))))
        page = pages.get_page(request.GET.get("pagina"))
        whole, columns = request.GET.get("fila", ""), grid.shown_columns
        context = self.page_context(
            request,
            title=_("Corregir en la página"),
            upload=grid.upload,
            columns=columns,
            rows=[shown_row(row, columns, _language(), is_whole=whole == str(row.fila)) for row in page.object_list],
            whole=whole,
            page=page,
            pages=page_numbers(page),
            ready=ready_sentence(len(grid.ready), len(grid.rows)),
            equal=grid.equal(EQUAL),
            missing_from=file.missing_from,
            texts={
                "offline": _("Sin conexión con el servidor: lo escrito no se ha guardado. Oprima «Guardar y revisar»."),
                "changed": _("Estas filas cambiaron: recargue la página."),
            },
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/mend.html", context)


def _rows_file(upload: BulkUpload) -> PreparedFile:
    """The file of the upload's rejected rows. Raises `NoFile` when there can be none."""
    downloads.require_rejected(upload)
    file = prepared_files.rows_of(upload)
    missing = downloads.why_missing(file)
    if file.state == FileState.FAILED and missing:
        raise missing
    return file


def _grid(upload: BulkUpload, file: PreparedFile) -> Grid | None:
    """The rows; `None` while the worker reads them. Raises `NoFile`."""
    if file.state != FileState.READY:
        return None
    try:
        with downloads.store_faults_in_words():
            content = b"".join(storage.stream(file.s3_key))
        return Grid(upload, read_rejected_rows(content))
    except (NoFile, msgspec.DecodeError) as fault:
        # Gone from the bucket, or made by a worker of the last release, which knows no files but workbooks.
        if isinstance(fault, NoFile) and fault.code == prepared_files.STORAGE_AWAY:
            raise
        prepared_files.make_again(file)
        return None


def _to_page(request: HttpRequest, upload: BulkUpload) -> HttpResponseRedirect:
    """The same page of the rows, so that to reload it sends nothing again."""
    address = reverse("admin:bulk_upload_bulkupload_mend", args=[upload.pk])
    kept = {name: request.GET[name] for name in ("pagina", "fila") if name in request.GET}
    return HttpResponseRedirect(f"{address}?{urlencode(kept)}" if kept else address)


def _language() -> str:
    return get_language() or "es"
