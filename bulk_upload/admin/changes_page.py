"""What an upload changed in rows that existed: old and new values, row by row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.admin.utils import quote
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from bulk_upload import purged
from bulk_upload.admin.paging import CountedPaginator, page_numbers
from bulk_upload.admin.sheets import in_words, list_address
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.admin.written_values import WrittenValues
from bulk_upload.importing.mapping.target import Target, target_of
from bulk_upload.imports import registry
from bulk_upload.models import BulkUpload, Part, RowChange


@dataclass(frozen=True, slots=True)
class Cell:
    """A changed column with its values as people read them."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row that updated what existed. `key`, `name` and `address` are those of the model's row.

    `large` says by how much the watched number changed where that is much. What there is not is ``""``.
    """

    fila: int
    key: str
    name: str
    address: str
    cells: list[Cell]
    large: str


class ChangesPage(ScopedUploads):
    def changes_view(self, request: HttpRequest, task_id: uuid.UUID) -> HttpResponse:
        upload = self.visible_upload(request, task_id)
        only_large = request.GET.get("precio") == "grandes"
        gone = purged.part_of(upload, Part.CHANGES)
        every = upload.row_changes.none() if gone else upload.row_changes.all()
        large = every.filter(precio_grande=True)
        kept, kept_large = every.count(), large.count()
        changes = large if only_large else every
        paginator = CountedPaginator(changes.order_by("fila"), kept_large if only_large else kept)
        page = paginator.get_page(request.GET.get("pagina"))
        declared, updated = registry.get(upload.sheet_name), upload.actualizados - upload.eliminados
        context = self.page_context(
            request,
            title=_("Qué cambió"),
            upload=upload,
            row_title=in_words(declared.sheet.row_title),
            large_column=declared.large_change,
            lines=lines(
                upload, page.object_list, is_linked=bool(list_address(self.admin_site, request, declared.model))
            ),
            page=page,
            pages=page_numbers(page),
            only_large=only_large,
            kept=kept,
            updated=updated,
            changes_purged=gone,
            not_shown=upload.cambios_grandes_de_precio - kept_large if only_large else updated - kept,
        )
        return TemplateResponse(request, "admin/bulk_upload/bulkupload/changes.html", context)


def lines(upload: BulkUpload, changes: Iterable[RowChange], *, is_linked: bool) -> list[Line]:
    """The changes in words, each with the row's present name and, if `is_linked`, the address of its page."""
    changes = list(changes)
    target = target_of(upload.sheet_name)
    names = row_names(target, upload, [change.producto for change in changes])
    written = WrittenValues(target)
    return [
        Line(
            change.fila,
            change.producto,
            names.get(change.producto, ""),
            row_address(target, change.producto) if is_linked and change.producto in names else "",
            [Cell(name, written.of(name, old), written.of(name, new)) for name, (old, new) in change.cambios.items()],
            _percentage(*change.cambios[target.declared.large_change]) if change.precio_grande else "",
        )
        for change in changes
    ]


def row_names(target: Target, upload: BulkUpload, keys: list[str]) -> dict[str, str]:
    """What rows of the model are called now, by their keys, where the model has names. Others are gone."""
    if target.pk_place is None or "nombre" not in target.names:
        return {}
    rows = target.model._default_manager.filter(pk__in=keys)
    if target.owner:
        rows = rows.filter(**{target.owner: upload.proveedor_id})
    return dict(rows.values_list("pk", "nombre"))


def row_address(target: Target, key: str) -> str:
    """The admin's page of a row of the model, whose primary key is the sheet's key."""
    options = target.model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[quote(key)])


def _percentage(before: str, after: str) -> str:
    """By how much of the old price the new one is higher or lower; from nothing there is no percentage."""
    if not (old := Decimal(before)):
        return _("desde 0")
    share = 100 * (Decimal(after) - old) / old
    return f"{'+' if share > 0 else '−'}{number_format(abs(share), 0, force_grouping=True)} %"
