"""The page that shows how a file is understood before it is imported, and where that is set right.

What is chosen is kept with the draft, so that the page can be loaded again. It never waits for a preview: while a
worker makes one it says so, and its script asks for it.
"""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bulk_upload.admin.forms import ReviewOptions
from bulk_upload.admin.mapping_form import MappingForm
from bulk_upload.admin.review_texts import Found, found_in_words, missing_sentence
from bulk_upload.admin.sheets import sheet_title
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.drafts.accept import draft_of_upload
from bulk_upload.drafts.start import DraftGone, discard_draft, start_draft
from bulk_upload.imports import registry
from bulk_upload.mappings.remembered import remember
from bulk_upload.models import BulkUpload, Operation, UploadDraft
from bulk_upload.owners import may_act_for
from bulk_upload.previews.answers import look_at
from bulk_upload.previews.request import PreviewAnswer
from bulk_upload.receiving.mappings import mapping_of_json, mapping_of_text
from bulk_upload.receiving.refusals import RefusedUpload
from bulk_upload.sheet.mapping import NO_MAPPING, SheetMapping
from bulk_upload.workbooks.download_errors import NoFile
from bulk_upload.workbooks.downloads import store_faults_in_words
from medisupply.web import history

# Seconds after which the page reloads itself where no script runs.
REFRESH_SECONDS: Final = 1
# What the page's buttons ask for.
LOOK, IMPORT, BLIND, DISCARD = "ver", "importar", "sin-revisar", "descartar"


class ReviewPage(ScopedUploads):
    def review_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        draft = self._draft(request, task_id)
        if draft is None:
            return self.back_to(request, self.visible_upload(request, task_id))  # it was started
        action = request.POST.get("accion") if request.method == "POST" else None
        if action == DISCARD:
            discard_draft(draft)
            messages.success(request, _("Se descartó «%(filename)s».") % {"filename": draft.filename})
            return HttpResponseRedirect(_add_address(draft.sheet_name))
        if action == BLIND:
            return self._start(request, draft, _said(draft) or NO_MAPPING, ReviewOptions(request.POST))
        try:
            answer = look_at(draft, _shown(draft, request.POST.get("vista", "")))
        except NoFile as missing:
            return self._review(request, draft, problem=missing.sentence)
        if answer is None:
            return self._review(request, draft)
        if answer.preview is None:
            return self._review(request, draft, problem=found_in_words(answer).problem, is_blind=answer.may_be_imported)
        return self._choose(request, draft, answer, action)

    def review_state_view(self, request: HttpRequest, task_id: uuid.UUID) -> JsonResponse:
        """Whether the page has something new to show."""
        draft = self._draft(request, task_id)
        if draft is None:
            self.visible_upload(request, task_id)
        try:
            waits = draft is not None and look_at(draft, _said(draft)) is None
        except NoFile:
            waits = False
        return JsonResponse({"waiting": waits})

    def review_upload_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Look at the file of an upload that could not be imported: a draft of the same file."""
        upload = self.visible_upload(request, task_id)
        if not may_act_for(request.user, upload) or (upload.proveedor and not upload.proveedor.activo):
            raise PermissionDenied
        if request.method != "POST" or not may_review(upload):
            return self.back_to(request, upload)
        try:
            with store_faults_in_words():
                draft = draft_of_upload(upload, request.user)
        except NoFile as missing:
            return self.back_to(request, upload, missing.sentence)
        return HttpResponseRedirect(review_address(draft))

    def _draft(self, request: HttpRequest, task_id: uuid.UUID) -> UploadDraft | None:
        if not self.has_add_permission(request):
            raise PermissionDenied
        visible = UploadDraft.objects.for_user(request.user).select_related("proveedor")
        draft = visible.filter(pk=task_id).first()
        if draft is None:
            return None
        if draft.sheet_name not in registry.imports:
            raise Http404
        if not may_act_for(request.user, draft):
            raise PermissionDenied
        return draft

    def _choose(
        self, request: HttpRequest, draft: UploadDraft, answer: PreviewAnswer, action: str | None
    ) -> HttpResponse:
        """The form; what was sent with it is kept, and imported when that was asked for and nothing is missing."""
        form = _form(draft, answer, request.POST if action else None)
        options = ReviewOptions(request.POST) if action else ReviewOptions(initial=_options(draft))
        if not action:
            return self._review(request, draft, answer=answer, form=form, options=options)
        mapping = _checked(form, draft) if form.is_valid() and options.is_valid() else None
        if mapping is None:
            return self._review(request, draft, answer=answer, form=form, options=options, status=400)
        if action == IMPORT and not form.has_moved:
            if not form.missing:
                name = _remembered(request, draft, answer, mapping) if options.cleaned_data["recordar"] else ""
                return self._start(request, draft, mapping, options, name)
            form.add_error(None, missing_sentence(form.missing))
            return self._review(request, draft, answer=answer, form=form, options=options, status=400)
        UploadDraft.objects.filter(pk=draft.pk).update(mapping=mapping.wire(), **options.cleaned_data)
        return HttpResponseRedirect(review_address(draft))

    def _start(
        self, request: HttpRequest, draft: UploadDraft, mapping: SheetMapping, options: ReviewOptions, name: str = ""
    ) -> HttpResponse:
        options.is_valid()
        try:
            upload = start_draft(draft, request.user, mapping=mapping, mapping_name=name, **_chosen(options))
        except DraftGone as gone:
            messages.error(request, str(gone))
            return HttpResponseRedirect(_add_address(draft.sheet_name))
        if not upload.repeated:
            action = "planned" if upload.operation == Operation.PLAN else "uploaded"
            self.log_addition(request, upload, history.message(action))
        return self.back_to(request, upload)

    def _review(
        self,
        request: HttpRequest,
        draft: UploadDraft,
        *,
        answer: PreviewAnswer | None = None,
        form: MappingForm | None = None,
        options: ReviewOptions | None = None,
        problem: str = "",
        is_blind: bool = True,
        status: int = 200,
    ) -> HttpResponse:
        context = self.page_context(
            request,
            title=_("Revisar «%(filename)s»") % {"filename": draft.filename},
            draft=draft,
            content=sheet_title(draft.sheet_name),
            found=found_in_words(answer, form) if answer else Found(),
            form=form,
            options=options,
            problem=problem,
            is_blind=is_blind,
            waits=not (form or problem),
            shown=json.dumps(answer.mapping) if answer else "",
            refresh=REFRESH_SECONDS,
            add_address=_add_address(draft.sheet_name),
            config={"state": reverse("admin:bulk_upload_bulkupload_review_state", args=[draft.pk]), "texts": _texts()},
        )
        template = "admin/bulk_upload/bulkupload/review.html"
        return TemplateResponse(request, template, context, status=status)


def may_review(upload: BulkUpload) -> bool:
    """Whether the upload's file can be looked at and imported once more, with its columns set right."""
    return upload.is_final and not upload.is_undo and upload.file_purged_at is None


def review_address(draft: UploadDraft) -> str:
    return reverse("admin:bulk_upload_bulkupload_review", args=[draft.pk])


def _form(draft: UploadDraft, answer: PreviewAnswer, data: Any = None) -> MappingForm:
    assert answer.preview is not None  # noqa: S101
    sheet = registry.get(draft.sheet_name).sheet
    return MappingForm(data, sheet=sheet, preview=answer.preview, wire=answer.mapping)


def _checked(form: MappingForm, draft: UploadDraft) -> SheetMapping | None:
    """What the form says, if it is a mapping for the sheet; else the form has the reason."""
    try:
        return mapping_of_json(form.wire, registry.get(draft.sheet_name).sheet)
    except RefusedUpload as refusal:
        form.add_error(None, refusal.message)
    return None


def _remembered(request: HttpRequest, draft: UploadDraft, answer: PreviewAnswer, mapping: SheetMapping) -> str:
    """Remember the mapping for the file's header; returns its name."""
    assert answer.preview is not None  # noqa: S101
    kept = remember(draft, answer.preview, mapping.wire(), request.user)
    return kept.name if kept else ""


def _shown(draft: UploadDraft, wire: str) -> SheetMapping | None:
    """The mapping of the preview that the form was filled in with: by now another one may be asked for."""
    try:
        shown = mapping_of_text(wire, registry.get(draft.sheet_name).sheet) if wire else None
    except RefusedUpload:
        shown = None
    return _said(draft) if shown is None else shown


def _said(draft: UploadDraft) -> SheetMapping | None:
    """What was said of the columns; `None` while nobody has, and a remembered mapping is looked for."""
    return None if draft.mapping is None else SheetMapping.of(draft.mapping)


def _options(draft: UploadDraft) -> dict[str, bool]:
    return {name: getattr(draft, name) for name in ReviewOptions.base_fields}


def _chosen(options: ReviewOptions) -> dict[str, bool]:
    return {name: options.cleaned_data[name] for name in ("reemplazar_duplicados", "solo_validar")}


def _add_address(sheet_name: str) -> str:
    return f"{reverse('admin:bulk_upload_bulkupload_add')}?{urlencode({'hoja': sheet_name})}"


def _texts() -> dict[str, str]:
    """What the page's script says."""
    return {
        "reading": _("Leyendo las primeras filas…"),
        "slow": _("Tarda más de lo normal: puede esperar o importar sin revisar."),
        "updated": _("La vista se actualizó."),
        "offline": _("Sin conexión con el servidor: se reintenta en un momento."),
        "signedOut": _("Su sesión terminó: recargue la página."),
    }
