"""A list's filter by the supplier that uploads are of."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Field
from django.http import HttpRequest

from bulk_upload.owners import owners_for


class OwnSuppliersFilter(admin.RelatedFieldListFilter):
    """Offers only the suppliers that the person may act for."""

    def field_choices(
        self, field: Field[Any, Any], request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Any]]:
        opts = model_admin.opts
        suppliers = owners_for(request.user, f"{opts.app_label}.view_{opts.model_name}")
        return [(supplier.pk, str(supplier)) for supplier in suppliers]

    @property
    def include_empty_choice(self) -> bool:
        """Whether rows that are nobody's are offered: those of sheets of staff, which the filter by sheet shows."""
        return False
