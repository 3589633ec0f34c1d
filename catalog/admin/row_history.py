"""The history of a row: which file or person wrote each of its values, beside what Django's admin has logged."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bulk_upload.admin.paging import PAGE_ROWS, page_numbers
from bulk_upload.admin.written_values import WrittenValues
from bulk_upload.history.edits import edited_fields, target_for, values_of
from bulk_upload.history.events import Event
from bulk_upload.history.row_history import History, history_of
from bulk_upload.history.wording import sentence
from bulk_upload.models import BulkUpload, EditAction, ImportedModel

M = TypeVar("M", bound=ImportedModel)


@dataclass(frozen=True, slots=True)
class Cell:
    """A field with its values as people read them; ``""`` where the row did not exist."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """An event in words. `address` is that of its upload's page, ``""`` for who may not see it."""

    moment: datetime
    what: str
    address: str
    cells: list[Cell]
    is_kept: bool


class RowHistoryAdmin(admin.ModelAdmin[M]):
    object_history_template = "admin/catalog/row_history.html"
    change_form_template = "admin/catalog/traced_change_form.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            row = response.context_data["object"]
            response.context_data |= self._history_context(request, row)
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        if obj is not None and not context["is_popup"]:
            context |= {"traced_fields": self._traced_fields(), "history_address": self._history_address(obj)}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _traced_fields(self) -> dict[str, str]:
        """The fields that may change, each with what people call it. The key of a row stays."""
        key = {*target_for(self.model).declared.key, self.model._meta.pk.name}
        return {field.name: str(field.verbose_name) for field in edited_fields(self.model) if field.name not in key}

    def _history_address(self, row: M) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[quote(row.pk)])

    def _history_context(self, request: HttpRequest, row: M) -> dict[str, Any]:
        history, fields = history_of(row), self._traced_fields()
        name = request.GET.get("campo", "")
        name = name if name in fields else ""
        events = history.of_field(name) if name else history.events
        page = Paginator(events, PAGE_ROWS).get_page(request.GET.get("pagina"))
        return {
            "title": _("¿De dónde salió «%(field)s»?") % {"field": fields[name]} if name else _("Historia"),
            "field_label": fields.get(name, ""),
            "whole_history": self._history_address(row),
            "present": self._present(request, history, row, name) if name else None,
            "entries": self._lines(request, page.object_list),
            "page": page,
            "pages": page_numbers(page),
            "missing": history.missing,
        }

    def _present(self, request: HttpRequest, history: History, row: M, name: str) -> dict[str, Any]:
        """The value that a field has now, and what gave it."""
        value = values_of(row)[name]
        origin = history.origin(name, value)
        return {
            "value": self._written().of(name, value),
            "origin": self._lines(request, [origin])[0] if origin else None,
        }

    def _lines(self, request: HttpRequest, events: Iterable[Event]) -> list[Line]:
        events = list(events)
        visible = self._visible_uploads(request, events)
        return [
            Line(
                event.moment,
                sentence(event),
                reverse("admin:bulk_upload_bulkupload_change", args=[event.task_id])
                if event.task_id in visible
                else "",
                self._cells(event),
                event.changes is not None,
            )
            for event in events
        ]

    def _visible_uploads(self, request: HttpRequest, events: list[Event]) -> set[uuid.UUID]:
        pages = self.admin_site._registry.get(BulkUpload)
        if pages is None or not pages.has_view_permission(request):
            return set()
        keys = {event.task_id for event in events if event.upload}
        return set(pages.get_queryset(request).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()

    def _cells(self, event: Event) -> list[Cell]:
        written, options = self._written(), self.model._meta
        labels = {field.name: str(field.verbose_name) for field in options.concrete_fields}
        return [
            Cell(
                labels.get(name, name),
                "" if event.action == EditAction.CREATED else written.of(name, old),
                "" if event.action == EditAction.REMOVED else written.of(name, new),
            )
            for name, (old, new) in (event.changes or {}).items()
        ]

    def _written(self) -> WrittenValues:
        return WrittenValues(target_for(self.model))
