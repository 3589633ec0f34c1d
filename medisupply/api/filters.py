"""Filters of the lists of the API: as they read the query, and as the schema shows them."""

from __future__ import annotations

from datetime import UTC
from typing import Any, Final, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import BaseCSVFilter, Filter, FilterSet, IsoDateTimeFilter
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

Row = TypeVar("Row", bound=Model)


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


_TRUE_OR_FALSE: Final = {"true": True, "1": True, "false": False, "0": False}


class TrueOrFalseField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in EMPTY_VALUES:
            return None
        if value.lower() not in _TRUE_OR_FALSE:
            raise ValidationError(_("Escriba «true» o «false»."), code="invalid")
        return _TRUE_OR_FALSE[value.lower()]


class TrueOrFalseFilter(Filter):
    field_class = TrueOrFalseField


# What filters are in the schema; all others are texts.
_SCHEMAS: Final[dict[type[Filter], dict[str, str]]] = {
    MomentFilter: {"type": "string", "format": "date-time"},
    TrueOrFalseFilter: {"type": "boolean"},
}


def filter_parameters(filters: type[FilterSet]) -> list[OpenApiParameter]:
    """The filters that have a `help_text`, for the schema."""
    found = []
    for name, each in filters.base_filters.items():
        more = each.extra
        if "help_text" in more:
            schema: dict[str, Any] = dict(_SCHEMAS.get(type(each), {"type": "string"}))
            if "max_length" in more:
                schema["maxLength"] = more["max_length"]
            if "choices" in more and not isinstance(each, BaseCSVFilter):  # its choices are those of its parts
                schema["enum"] = [value for value, _title in more["choices"]]
            found.append(OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=more["help_text"]))
    return found


def filtered(request: Request, filters: type[FilterSet], rows: QuerySet[Row]) -> QuerySet[Row]:
    """`rows` as the query's filters leave them; a filter that makes no sense is a 400 that names it."""
    chosen = filters(request.query_params, queryset=rows, request=request)
    if not chosen.is_valid():
        error: Any = translate_validation(chosen.errors)
        raise error
    found: QuerySet[Row] = chosen.qs
    return found
