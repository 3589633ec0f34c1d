"""The history of an upload, and the last actions of a person: who did what, and what became of the upload.

No entry is written when an import ends: its state is read together with the entries, and so is always the present one.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bulk_upload.admin.outcome import Outcome, detailed_badge, outcome, outcome_text
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.models import BulkUpload
from medisupply.web.history import ACTIONS, in_words


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an upload's history."""

    moment: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class RecentAction:
    """Something that a person did; `state` and `outcome` are those of the upload that it was done to.

    `is_gone` is one that was done to an upload that is no longer kept.
    """

    entry: LogEntry
    text: str
    outcome: Outcome | None = None
    state: str = ""
    is_gone: bool = False


class HistoryPage(ScopedUploads):
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        upload = self.visible_upload(request, object_id)
        response: Any = super().history_view(request, str(upload.pk), extra_context)
        response.context_data["lines"] = _lines(upload, response.context_data["action_list"])
        return response  # type: ignore[no-any-return]  # Django's TemplateResponse


def recent_actions(user: AbstractBaseUser | AnonymousUser, entries: Iterable[LogEntry]) -> list[RecentAction]:
    """The `entries` in words; those about uploads with the state of the upload, as far as `user` may see it."""
    found = list(entries)
    keys = [key for entry in found if (key := _upload_key(entry))]
    visible = BulkUpload.objects.for_user(user).defer("productos_creados", "productos_actualizados")
    uploads = visible.in_bulk(keys) if keys else {}
    missing = set(keys) - uploads.keys()
    hidden = BulkUpload.objects.filter(pk__in=missing).values_list("pk", flat=True) if missing else []
    gone = missing - set(hidden)
    return [_recent(entry, uploads.get(_upload_key(entry)), gone) for entry in found]


def _recent(entry: LogEntry, upload: BulkUpload | None, gone: Collection[uuid.UUID]) -> RecentAction:
    text = "" if entry.is_deletion() else in_words(entry)
    if upload is None:
        return RecentAction(entry, text, is_gone=_upload_key(entry) in gone)
    return RecentAction(entry, text, outcome(upload), outcome_text(upload))


def _upload_key(entry: LogEntry) -> uuid.UUID | None:
    if entry.content_type is None or entry.content_type.model_class() is not BulkUpload:
        return None
    return uuid.UUID(entry.object_id)


def _lines(upload: BulkUpload, page: Any) -> list[Line]:
    lines = [Line(entry.action_time, _name(entry.user), in_words(entry)) for entry in page]
    if page.number == 1 and not any(entry.is_addition() for entry in page):
        # It came by the API, or the person's account is gone, and with it its entries.
        lines.insert(
            0, Line(upload.created_at, _name(upload.created_by), str(ACTIONS["undo" if upload.is_undo else "uploaded"]))
        )
    if upload.creado_al_paso and not page.has_next():
        said = _("Retiró lo que la carga creó al paso: %(names)s.") if upload.is_undo else _("Creó al paso: %(names)s.")
        what = said % {"names": ", ".join(upload.creado_al_paso)}
        lines.append(Line(upload.completed_at or upload.updated_at, _("Sistema"), what))
    if not page.has_next():
        lines.append(Line(upload.completed_at or upload.updated_at, _("Sistema"), detailed_badge(upload)))
    return lines


def _name(user: Any) -> str:
    if user is None:
        return "–"
    full_name = user.get_full_name()
    return f"{user.get_username()} ({full_name})" if full_name else user.get_username()
