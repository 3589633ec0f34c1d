"""A text in both languages. Knows no Django: the guarded reader imports the declarations of sheets, which have some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# The parameters of a problem: the values for the places in its text.
Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads of a declaration, in both languages."""

    es: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in `language` (``"en…"`` is English, everything else Spanish)."""
        return self.en if language.startswith("en") else self.es
