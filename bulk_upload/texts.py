"""A sentence in both languages, with parameters. Knows no Django: the guarded reader uses it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Params = Mapping[str, str | int]

# Parameters that are lists of quoted names: they are stored with the quotation marks of Spanish.
QUOTED_LISTS: Final = ("hojas", "parecidas")
ENGLISH_QUOTES: Final = str.maketrans("«»", "“”")


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, in both languages."""

    es: str
    en: str

    def in_language(self, language: str, params: Params) -> str:
        if not language.startswith("en"):
            return self.es.format_map(_Shown(params))
        quoted = {name: str(params[name]).translate(ENGLISH_QUOTES) for name in QUOTED_LISTS if name in params}
        return self.en.format_map(_Shown({**params, **quoted}))


class _Shown(dict[str, object]):
    """Parameters for a template; one that an older release did not store shows as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"
