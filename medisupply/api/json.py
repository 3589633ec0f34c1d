"""How the API reads and writes JSON: what DRF does, minus its surprises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request


class AlwaysJson(DefaultContentNegotiation):
    """Answers are JSON whatever `Accept` says: a client that asks for CSV gets a file or an error in words."""

    def select_renderer(  # type: ignore[override]
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type or "application/json"


class JsonLineRenderer(JSONRenderer):
    """JSON that ends its line: a shell's prompt stands on one of its own, and files can be put together."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        rendered: bytes = super().render(data, accepted_media_type, renderer_context)
        return rendered + b"\n" if rendered else rendered


def json_answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An answer that no view of DRF makes, as those make theirs."""
    return HttpResponse(
        JsonLineRenderer().render(data), content_type="application/json", status=status, headers=dict(headers or {})
    )


class JsonObjectParser(JSONParser):
    """JSON that is an object. One nested deeper than Python can follow is malformed, not a server error."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            data: Any = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error
        if not isinstance(data, dict):
            raise ParseError(_("El cuerpo debe ser un objeto JSON."), code="not_an_object")
        return data


def language() -> str:
    """The language of the answer that is being made, such as ``es``."""
    return get_language() or settings.LANGUAGE_CODE


def valid(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """`data` as the fields of `shape` read it; raises `ValidationError`, which names what is wrong."""
    read = shape(data=data)
    read.is_valid(raise_exception=True)
    values: dict[str, Any] = read.validated_data
    return values
