"""How the API reads and writes JSON: what DRF does, minus its surprises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class AlwaysJson(DefaultContentNegotiation):
    """Answers are JSON whatever `Accept` says: a client that asks for CSV gets a file or an error in words."""

    def select_renderer(  # type: ignore[override]
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type or "application/json"


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
