"""Values of a model's rows, as JSON keeps them, as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from bulk_upload.importing.mapping.target import Target


class WrittenValues:
    """Of the fields that a sheet fills; a decimal has as many places as its field."""

    def __init__(self, target: Target) -> None:
        fields = {field.name: field for field in target.model._meta.concrete_fields}
        self._kinds = dict(zip(target.names, target.kinds, strict=True))
        self._places = {name: field.decimal_places for name, field in fields.items() if isinstance(field, DecimalField)}

    def of(self, name: str, value: Any) -> str:
        """The value of the field `name` as people read it."""
        if isinstance(value, bool):
            return _("sí") if value else _("no")
        if value is None:
            return _("(vacío)")
        match self._kinds.get(name):
            case "decimal":
                places = self._places.get(name)
                return str(number_format(Decimal(value), places, use_l10n=True, force_grouping=True))
            case "integer":
                return str(number_format(value, use_l10n=True, force_grouping=True))
            case "date":
                return date_format(date.fromisoformat(value), "DATE_FORMAT")
        return str(value) or _("(vacío)")
