"""The products that an upload updated: old and new values, row by row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from bulk_upload.admin.paging import CountedPaginator, page_numbers
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.importing import row_changes as kept_changes
from bulk_upload.importing.target import target_of
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, RowChange
from bulk_upload.sheet.columns import Kind


@dataclass(frozen=True, slots=True)
class Cell:
    """A changed column with its values as people read them."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row that updated a product. `large` says how much the price changed where that is much, else it is ``""``."""

    fila: int
    product: str
    name: str
    cells: list[Cell]
    large: str


class ChangesPage(ScopedUploads):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.changes_view)
        return [
            path("<uuid:task_id>/actualizados/", view, name="bulk_upload_bulkupload_changes"),
            *super().get_urls(),
        ]

    def changes_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        upload = self.visible_upload(request, task_id)
        only_large = request.GET.get("precio") == "grandes"
        kept, kept_large = upload.row_changes.count(), upload.row_changes.filter(precio_grande=True).count()
        changes = upload.row_changes.filter(precio_grande=True) if only_large else upload.row_changes.all()
        paginator = CountedPaginator(changes.order_by("fila"), kept_large if only_large else kept)
        page = paginator.get_page(request.GET.get("pagina"))
        context = self.page_context(
            request,
            title=_("Productos actualizados"),
            upload=upload,
            lines=lines(upload, page.object_list),
            page=page,
            pages=page_numbers(page),
            only_large=only_large,
            kept=kept,
            not_shown=upload.cambios_grandes_de_precio - kept_large if only_large else upload.actualizados - kept,
            most_changes=kept_changes.MOST_CHANGES,
            most_large=kept_changes.MOST_LARGE,
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/changes.html", context)


def lines(upload: BulkUpload, changes: Iterable[RowChange]) -> list[Line]:
    """The changes in words, each with the product's present name; ``""`` when it is gone."""
    changes = list(changes)
    declared = registry.get(upload.sheet_name)
    names = row_names(upload, [change.producto for change in changes])
    kinds = dict(zip(target_of(upload.sheet_name).names, target_of(upload.sheet_name).kinds, strict=True))
    return [
        Line(
            change.fila,
            change.producto,
            names.get(change.producto, ""),
            [
                Cell(name, written(kinds.get(name), old), written(kinds.get(name), new))
                for name, (old, new) in change.cambios.items()
            ],
            _percentage(*change.cambios[declared.large_change]) if change.precio_grande else "",
        )
        for change in changes
    ]


def row_names(upload: BulkUpload, keys: list[str]) -> dict[str, str]:
    """What rows of the model are called now, by their keys, where the model has names."""
    target = target_of(upload.sheet_name)
    if target.pk_place is None or "nombre" not in target.names:
        return {}
    rows = target.model._default_manager.filter(pk__in=keys)
    if target.owner:
        rows = rows.filter(**{target.owner: upload.proveedor_id})
    return dict(rows.values_list("pk", "nombre"))


def written(kind: Kind | None, value: Any) -> str:
    """A value of a column of this kind as people read it."""
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    if value is None:
        return _("(vacío)")
    if kind == "decimal":
        return str(number_format(Decimal(value), 2, use_l10n=True, force_grouping=True))
    return str(value) or _("(vacío)")


def _percentage(before: str, after: str) -> str:
    """By how much of the old price the new one is higher or lower; from nothing there is no percentage."""
    if not (old := Decimal(before)):
        return _("desde 0")
    share = 100 * (Decimal(after) - old) / old
    return f"{'+' if share > 0 else '−'}{number_format(abs(share), 0, force_grouping=True)} %"
