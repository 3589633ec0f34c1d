"""What became of an upload, in a word and a mark that are true: what lists and pages show as its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrPromise

from bulk_upload.models import BulkUpload, Operation, Status

# Why an upload failed although its content was not judged, or only in part.
SYSTEM_FAULTS: Final = frozenset(["attempts_exhausted", "file_missing", "file_replaced", "state_damaged"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """`name` is the CSS class, `icon` shows the state by shape as well as by word and colour."""

    name: str
    icon: str
    label: StrPromise | str

    @property
    def badge(self) -> SafeString:
        """The state as icon and word."""
        return format_html(
            '<span class="estado estado-{}"><span aria-hidden="true">{}</span> {}</span>',
            self.name,
            self.icon,
            self.label,
        )


WAITING: Final = Outcome("pending", "⏳", Status.PENDING.label)
RUNNING: Final = Outcome("processing", "▶", Status.PROCESSING.label)
COMPLETED: Final = Outcome("completed", "✔", Status.COMPLETED.label)
WITH_ERRORS: Final = Outcome("partial", "⚠", _("Completada con errores"))
NOTHING_IMPORTED: Final = Outcome("failed", "✖", _("Ninguna fila importada"))
PLANNING: Final = Outcome("processing", "▶", _("Planificando"))
PLANNED: Final = Outcome("planned", "☰", _("Plan: nada se importó"))
STOPPED: Final = Outcome("partial", "⚠", _("Detenida por el control de cambios"))
UNDONE_IN_PART: Final = Outcome("partial", "⚠", _("Deshecha en parte"))
NOTHING_UNDONE: Final = Outcome("failed", "✖", _("Nada se deshizo"))
UNREADABLE: Final = Outcome("failed", "✖", _("No se pudo leer"))
FAILED: Final = Outcome("failed", "✖", Status.FAILED.label)
CANCELLED: Final = Outcome("cancelled", "■", Status.CANCELLED.label)


def outcome(upload: BulkUpload) -> Outcome:
    """The state of `upload` with what became of its rows."""
    if upload.operation == Operation.PLAN and upload.status in (Status.PROCESSING, Status.COMPLETED):
        return PLANNING if upload.status == Status.PROCESSING else STOPPED if is_stopped(upload) else PLANNED
    if upload.status == Status.COMPLETED:
        if not upload.rechazados:
            return COMPLETED
        some, none = (UNDONE_IN_PART, NOTHING_UNDONE) if upload.is_undo else (WITH_ERRORS, NOTHING_IMPORTED)
        return some if upload.procesados > upload.rechazados else none
    if upload.status == Status.FAILED:
        return FAILED if upload.is_undo or upload.total or upload.error_code in SYSTEM_FAULTS else UNREADABLE
    return {Status.PENDING: WAITING, Status.PROCESSING: RUNNING, Status.CANCELLED: CANCELLED}[Status(upload.status)]


def is_stopped(upload: BulkUpload) -> bool:
    """Whether the change guard has made a plan of it."""
    return bool(upload.guard and upload.guard.get("stopped"))


def rows_text(upload: BulkUpload) -> str:
    """How many of the rows are in the catalogue, or have been dealt with so far; empty while the total is not known."""
    if not upload.total:
        return ""
    if upload.operation == Operation.PLAN and upload.status == Status.COMPLETED:
        text = ngettext("cambiaría %(done)s de %(total)s fila", "cambiarían %(done)s de %(total)s filas", upload.total)
        return text % {"done": intcomma(upload.creados + upload.actualizados), "total": intcomma(upload.total)}
    done = upload.exitosos if upload.is_final else upload.procesados
    text = ngettext("%(done)s de %(total)s fila", "%(done)s de %(total)s filas", upload.total)
    return text % {"done": intcomma(done), "total": intcomma(upload.total)}


def outcome_text(upload: BulkUpload) -> str:
    """The outcome in a sentence, such as "Completada con errores: 290 de 300 filas"."""
    return ": ".join(filter(None, (str(outcome(upload).label), rows_text(upload))))


def detailed_badge(upload: BulkUpload) -> SafeString:
    """The outcome's badge, followed by the rows."""
    badge, rows = outcome(upload).badge, rows_text(upload)
    return format_html("{}: {}", badge, rows) if rows else badge
