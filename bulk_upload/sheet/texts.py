"""A sentence in both languages, with parameters. Knows no Django: the guarded reader uses it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, in both languages."""

    es: str
    en: str

    def in_language(self, language: str, params: Params) -> str:
        template = self.en if language.startswith("en") else self.es
        return template.format_map(_Shown(params))


class _Shown(dict[str, object]):
    """Parameters for a template; one that an older release did not store shows as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"
