"""The guide to the file: how to prepare it, column by column, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from bulk_upload.admin import outcome
from bulk_upload.admin.sheets import alternatives, in_words, requested_sheet, sheet_choices, title_within_sentence
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.imports import registry
from bulk_upload.receiving.upload_size import max_megabytes
from bulk_upload.sheet.declaration import Sheet
from bulk_upload.workbooks.guide import CONTENTS

# Each end of an upload: what happened to the file, and what to do then.
ENDS: Final[tuple[tuple[outcome.Outcome, StrPromise, StrPromise], ...]] = (
    (
        outcome.COMPLETED,
        gettext_lazy("Todas las filas entraron."),
        gettext_lazy("Cargue otro archivo cuando lo tenga."),
    ),
    (
        outcome.WITH_ERRORS,
        gettext_lazy("Unas filas entraron y otras no."),
        gettext_lazy("Descargue las filas por corregir."),
    ),
    (
        outcome.NOTHING_IMPORTED,
        gettext_lazy("Todas las filas se rechazaron."),
        gettext_lazy("Corríjalas; si eran de lo que ya existía, cargue otra vez reemplazando duplicados."),
    ),
    (
        outcome.PLANNED,
        gettext_lazy("Usted pidió ver primero qué cambiaría; nada se importó."),
        gettext_lazy("Mire el plan y aplíquelo, o corrija el archivo."),
    ),
    (
        outcome.STOPPED,
        gettext_lazy("El archivo cambiaría más de lo que se admite; nada se importó."),
        gettext_lazy("Mire el plan: si es correcto, lo aplica otra persona con permiso."),
    ),
    (
        outcome.UNREADABLE,
        gettext_lazy("El archivo no se entendió, y la página dice por qué."),
        gettext_lazy("Use la plantilla, o cargue el archivo corregido."),
    ),
    (
        outcome.FAILED,
        gettext_lazy("Hubo una falla del sistema; lo importado se conserva."),
        gettext_lazy("Reintente, si la página lo ofrece."),
    ),
    (
        outcome.CANCELLED,
        gettext_lazy("Alguien canceló la carga; lo importado se conserva."),
        gettext_lazy("Reintente: continúa donde quedó."),
    ),
)


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column as the guide shows it."""

    name: str
    required: bool
    rule: str
    content: str
    example: str


class GuidePage(ScopedUploads):
    def guide_view(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_add_permission(request) or self.has_view_permission(request)):
            raise PermissionDenied
        sheet = requested_sheet(request.GET.get("hoja"), request.user)
        declared = registry.get(sheet.name)
        context = self.page_context(
            request,
            title=_("Preparar el archivo: %(title)s") % {"title": title_within_sentence(sheet)},
            sheet=sheet,
            sheets=sheet_choices(self.admin_site, request),
            row_title=in_words(sheet.row_title),
            columns=column_lines(sheet),
            alternatives=alternatives(sheet),
            advice=declared.advice,
            large_change=declared.large_change,
            ends=ENDS,
            max_megabytes=max_megabytes(),
            max_rows=settings.BULK_UPLOAD_MAX_ROWS,
            may_upload=self.has_add_permission(request),
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/guide.html", context)


def column_lines(sheet: Sheet) -> list[ColumnLine]:
    """The sheet's columns in the active language."""
    return [
        ColumnLine(
            column.name,
            column.required,
            in_words(column.rule),
            str(CONTENTS.get(column.kind, column.kind)),
            str(column.example),
        )
        for column in sheet.columns
    ]
