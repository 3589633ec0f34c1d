"""Filters that the lists of the API share."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import IsoDateTimeFilter


class MomentField(IsoDateTimeField):
    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        try:
            # The first and last day of the calendar have no UTC, which is what the database compares.
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(_("La fecha está fuera del calendario.")) from error


class MomentFilter(IsoDateTimeFilter):
    """A date, or a moment in ISO 8601."""

    field_class = MomentField
