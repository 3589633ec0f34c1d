"""The page of a plan that has ended: what would become of each row, and the button that does it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bulk_upload.admin.changes_page import Cell, row_address, row_names
from bulk_upload.admin.outcome import is_stopped
from bulk_upload.admin.paging import CountedPaginator, page_numbers
from bulk_upload.admin.sheets import in_words, list_address
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.admin.written_values import WrittenValues
from bulk_upload.importing.mapping.target import target_of
from bulk_upload.importing.planning.content import Planned
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload
from bulk_upload.owners import may_act_for
from bulk_upload.plans import rows as plan_rows
from bulk_upload.plans.applicable import expiry
from bulk_upload.plans.apply import CannotApply, apply_plan, check
from bulk_upload.plans.shown_rows import NAMES, OUTCOMES, PlanPages, ShownRow, why_none
from bulk_upload.wording import text_of
from bulk_upload.workbooks import downloads
from bulk_upload.workbooks.download_errors import NoFile
from bulk_upload.workbooks.downloads import store_faults_in_words
from medisupply.api.throttles import too_many_exports
from medisupply.web import history


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file. `name` and `address` are those of the model's row, ``""`` where there is none."""

    fila: int
    outcome: str
    key: str
    name: str
    address: str
    cells: list[Cell]
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the counts, which also choose what the table shows."""

    name: str
    label: str
    count: int


class PlanPage(ScopedUploads):
    def plan_page(self, request: HttpRequest, plan: BulkUpload) -> HttpResponse:
        chosen = OUTCOMES.get(request.GET.get("resultado", ""))
        gone = why_none(plan)
        pages = PlanPages(plan, chosen)
        page = CountedPaginator(pages, 0 if gone else pages.count()).get_page(request.GET.get("pagina"))
        declared = registry.get(plan.sheet_name)
        is_linked = bool(list_address(self.admin_site, request, declared.model))
        context = self.page_context(
            request,
            title=_("Plan de «%(filename)s»") % {"filename": plan.filename},
            upload=plan,
            counts=_counts(plan),
            chosen=NAMES[chosen] if chosen else "",
            lines=lines(plan, page.object_list, is_linked=is_linked),
            page=page,
            pages=page_numbers(page),
            row_title=in_words(declared.sheet.row_title),
            gone=gone,
            until=expiry(plan.completed_at),
            findings=_findings(plan),
            is_stopped=is_stopped(plan),
            applied=BulkUpload.objects.filter(based_on=plan).first(),
            refusal=_refusal(request, plan),
            acts=may_act_for(request.user, plan),
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/plan.html", context)

    def apply_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        """Apply a plan: the plan's own page has asked."""
        plan = self.visible_upload(request, task_id)
        if not may_act_for(request.user, plan):
            raise PermissionDenied
        if request.method != "POST":
            return self.back_to(request, plan)
        try:
            with store_faults_in_words():
                upload = apply_plan(plan, cast(AbstractBaseUser, request.user))
        except (CannotApply, NoFile) as refusal:
            return self.back_to(request, plan, refusal.sentence)
        self.log_change(request, plan, history.message("plan_applied"))
        self.log_addition(request, upload, history.message("applies_plan"))
        messages.success(request, _("El plan se está aplicando."))
        return self.back_to(request, upload)

    def plan_file_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponseBase:
        plan = self.visible_upload(request, task_id)
        if refused := too_many_exports(request):
            return refused
        try:
            return downloads.plan(plan).response()
        except NoFile as missing:
            return self.back_to(request, plan, missing.sentence)


def lines(plan: BulkUpload, rows: Iterable[ShownRow], *, is_linked: bool) -> list[Line]:
    """The rows in words, each with the name that the model's row has now, or would have."""
    rows = list(rows)
    target = target_of(plan.sheet_name)
    written = WrittenValues(target)
    names = row_names(target, plan, [row.key for row in rows if row.outcome != Planned.CREATED])
    language = get_language() or settings.LANGUAGE_CODE
    return [
        Line(
            row.fila,
            NAMES[row.outcome],
            row.key,
            names.get(row.key, "") or _new_name(row),
            row_address(target, row.key) if is_linked and row.key in names else "",
            [Cell(name, written.of(name, old), written.of(name, new)) for name, old, new in row.changes],
            [text_of(error.codigo, error.params, language) for error in row.errors],
        )
        for row in rows
    ]


def _new_name(row: ShownRow) -> str:
    is_new = row.outcome == Planned.CREATED
    return next((str(change.after) for change in row.changes if is_new and change.column == "nombre"), "")


def _counts(plan: BulkUpload) -> list[Choice]:
    labels: Final = {
        Planned.CREATED: _("Se crearían"),
        Planned.UPDATED: _("Se actualizarían"),
        Planned.UNCHANGED: _("Quedarían igual"),
        Planned.REJECTED: _("Se rechazarían"),
    }
    return [Choice(NAMES[outcome], label, plan_rows.count(plan, outcome)) for outcome, label in labels.items()]


def _findings(plan: BulkUpload) -> list[str]:
    language = get_language() or settings.LANGUAGE_CODE
    found: list[dict[str, Any]] = (plan.guard or {}).get("stopped", [])
    return [text_of(each["codigo"], each["params"], language) for each in found]


def _refusal(request: HttpRequest, plan: BulkUpload) -> CannotApply | None:
    """Why the reader cannot apply the plan now."""
    try:
        check(plan, cast(AbstractBaseUser, request.user))
    except CannotApply as refusal:
        return refusal
    return None
