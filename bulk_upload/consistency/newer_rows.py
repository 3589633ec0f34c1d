"""Rows of the models that were changed by uploads which are newer than all that the database knows."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Exists, Max, OuterRef, Q

from bulk_upload.consistency.differences import Difference, Found, Kind, Scope
from bulk_upload.consistency.numbers import imported_models
from bulk_upload.models import BulkUpload

NEWER: Final = Kind(
    "registros más nuevos que las cargas",
    advice="Se restauró solo una parte de la base: restaure todas las tablas de una misma copia",
)


def look(scope: Scope) -> Found:
    """One line for each model. Uploads that somebody has removed are older than some that are known."""
    newest = BulkUpload.objects.aggregate(newest=Max("number"))["newest"] or 0
    for model in imported_models():
        rows: Any = model._base_manager.filter(change_number__gt=newest)
        unknown = rows.filter(_by_unknown("created_by_upload") | _by_unknown("changed_by_upload")).order_by("pk")
        if count := unknown.count():
            text = (
                f"{count} {model._meta.verbose_name_plural}, como «{unknown.first().pk}», vienen de cargas que la base "
                "no conoce y que son posteriores a todas las que conoce"
            )
            yield Difference(NEWER, text)


def _by_unknown(field: str) -> Q:
    return Q(**{f"{field}__isnull": False}) & ~Q(Exists(BulkUpload.objects.filter(pk=OuterRef(field))))
