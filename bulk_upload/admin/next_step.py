"""The one right next step after an upload has ended, for the large button of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bulk_upload.admin.header_report import HEADER_PROBLEMS
from bulk_upload.admin.result_page import Result
from bulk_upload.admin.review_page import may_review
from bulk_upload.imports import registry
from bulk_upload.mending.rejected_rows import MOST_ROWS
from bulk_upload.models import BulkUpload, MendedRow, Operation, Status
from bulk_upload.problem_texts.mapping import MAPPED_FILE_TEXTS
from bulk_upload.retries import no_retry

# Faults of the system that pass: the same file may be imported at the next try.
PASSING_FAULTS: Final = frozenset(["attempts_exhausted"])

# What a person can set right by saying which worksheet, row or column is meant.
UNDERSTOOD_BY_A_PERSON: Final = HEADER_PROBLEMS | {"several_sheets", *MAPPED_FILE_TEXTS}


@dataclass(frozen=True, slots=True)
class NextStep:
    """What the button says, where it leads, and why."""

    label: str
    address: str
    reason: str
    # Whether it makes something, so that the button sends a form.
    posts: bool = False


def may_help_to_retry(upload: BulkUpload) -> bool:
    """Whether another try of the same file can end in another way."""
    is_passing = upload.status == Status.FAILED and upload.error_code in PASSING_FAULTS
    if not (upload.status == Status.CANCELLED or is_passing):
        return False
    return no_retry(upload) is None


def may_replace(upload: BulkUpload) -> bool:
    """Whether the same file can be uploaded again so that it replaces what exists."""
    is_kept = upload.file_purged_at is None and not upload.is_undo
    return upload.status == Status.COMPLETED and not upload.reemplazar_duplicados and is_kept


def next_step(upload: BulkUpload, result: Result, *, acts: bool) -> NextStep | None:
    """The next step of a person who `acts` for the upload's supplier, or may only look."""
    if acts and may_help_to_retry(upload):
        reason = _("La importación continúa donde quedó: ninguna fila se importa dos veces.")
        if upload.operation == Operation.PLAN:
            reason = _("El plan se hace otra vez, desde la primera fila.")
        if upload.is_undo:
            reason = _("Se sigue deshaciendo donde quedó.")
        return NextStep(_("Reintentar la carga…"), _address("retry", upload.pk), reason)
    if upload.is_undo:
        return None
    if acts and upload.error_code in UNDERSTOOD_BY_A_PERSON and may_review(upload):
        reason = _("Vea cómo se entendió el archivo, diga qué es cada columna e impórtelo, sin cambiarlo.")
        return NextStep(_("Revisar las columnas…"), _address("review_upload", upload.pk), reason, posts=True)
    if upload.error_code in HEADER_PROBLEMS:
        reason = _("Copie sus datos a la plantilla, que ya tiene los encabezados correctos, y cárguela.")
        return NextStep(
            _("Descargar la plantilla vacía (.xlsx)"), _address("template", "vacia") + _sheet_of(upload), reason
        )
    if acts and may_replace(upload) and 2 * _existing(upload, result) > upload.rechazados:
        reason = _("La mayoría de las filas rechazadas son de lo que ya existe. Para actualizarlo, reemplácelo.")
        return NextStep(_("Cargar otra vez reemplazando duplicados…"), _address("replace", upload.pk), reason)
    if acts and 0 < result.rows_to_correct <= MOST_ROWS:
        reason = _("Escriba los valores correctos en las celdas marcadas: lo que ya entró no se duplica.")
        if upload.procesados == upload.rechazados:
            reason = _("Escriba los valores correctos en las celdas marcadas.")
        return NextStep(_("Corregir en la página"), mend_address(upload), reason)
    if result.rows_to_correct:
        reason = _("Corrija las celdas marcadas en rojo y cargue ese mismo libro: lo que ya entró no se duplica.")
        if upload.procesados == upload.rechazados:
            reason = _("Corrija las celdas marcadas en rojo y cargue ese mismo libro.")
        return NextStep(_("Descargar las filas por corregir (.xlsx)"), _address("corrections", upload.pk), reason)
    if not acts:
        return None
    label = _("Cargar otro archivo") if upload.status == Status.COMPLETED else _("Cargar el archivo corregido")
    return NextStep(label, _address("add") + _sheet_of(upload), "")


def mend_address(upload: BulkUpload) -> str:
    """Where rejected rows are corrected: rows that were sent from such a page go on there."""
    sent = MendedRow.objects.filter(sent_in=upload).first()
    return _address("mend", sent.upload_id if sent else upload.pk)


def _existing(upload: BulkUpload, result: Result) -> int:
    """How many rows were rejected because they exist already."""
    return result.count_of(registry.get(upload.sheet_name).exists)


def _address(name: str, *arguments: Any) -> str:
    return reverse(f"admin:bulk_upload_bulkupload_{name}", args=arguments)


def _sheet_of(upload: BulkUpload) -> str:
    """What makes an address one about the upload's sheet."""
    return f"?{urlencode({'hoja': upload.sheet_name})}"
