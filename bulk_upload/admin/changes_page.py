"""The products that an upload updated: old and new values, row by row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from bulk_upload.admin.paging import CountedPaginator, page_numbers
from bulk_upload.admin.visible_uploads import ScopedUploads
from bulk_upload.importing import row_changes as kept_changes
from bulk_upload.models import BulkUpload, RowChange
from bulk_upload.sheet.columns import COLUMNS
from catalog.models import Product

DECIMALS: Final = frozenset(column.name for column in COLUMNS if column.kind == "decimal")
PRICE: Final = "precio_unitario"


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
    products = Product.objects.filter(proveedor=upload.proveedor_id, id__in=[change.producto for change in changes])
    names = dict(products.values_list("id", "nombre"))
    return [
        Line(
            change.fila,
            change.producto,
            names.get(change.producto, ""),
            [Cell(name, written(name, old), written(name, new)) for name, (old, new) in change.cambios.items()],
            _percentage(*change.cambios[PRICE]) if change.precio_grande else "",
        )
        for change in changes
    ]


def written(column: str, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    if column in DECIMALS:
        return str(number_format(Decimal(value), 2, use_l10n=True, force_grouping=True))
    return str(value) or _("(vacío)")


def _percentage(before: str, after: str) -> str:
    """By how much of the old price the new one is higher or lower; from nothing there is no percentage."""
    if not (old := Decimal(before)):
        return _("desde 0")
    share = 100 * (Decimal(after) - old) / old
    return f"{'+' if share > 0 else '−'}{number_format(abs(share), 0, force_grouping=True)} %"
