"""One section of a number format: placeholders for digits, and what stands around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Self

# A literal in quotes, an escaped one, something in brackets, a gap as wide as a character, a fill, General.
_TOKEN: Final = re.compile(r'"([^"]*)"|\\(.)|\[([^\]]*)\]|_(.)|\*(.)|(General|@|E[+-])|(.)', re.DOTALL)
# Characters that stand for themselves without quotes.
_LITERALS: Final = frozenset("$-+():!^&'~{}<>= ")
_COLOURS: Final = re.compile(r"(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color ?\d+)", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"\$([^-\]]*)(?:-.*)?")
_SCIENTIFIC: Final = re.compile(r"[0#?.,]+E[+-][0#?]+")
# A whole part, a gap, a numerator and a denominator of so many digits, or a fixed one.
_FRACTION: Final = re.compile(r"(?:([#0?]+)( +))?([#?0]+)/(?:([#?0]+)|([1-9][0-9]*))")
_NUMBER: Final = re.compile(r"[0#?,]*(?:\.[0#?]*)?")


class NotExactError(Exception):
    """What the sheet shows is not the whole number, or cannot be told from here."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Literals and placeholders in order; a literal is `(text, "")`, a placeholder `("", character)`."""

    tokens: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, section: str) -> Self:
        """Raises `NotExactError` for a format that we do not know."""
        return cls(tuple(_token(*match.groups()) for match in _TOKEN.finditer(section)))

    @property
    def _places(self) -> str:
        return "".join(place for _, place in self.tokens)

    @property
    def is_plain(self) -> bool:
        """Whether it shows nothing but the number, however many decimals and groups of digits it has."""
        places = self._places
        if any(text.strip() for text, _ in self.tokens):
            return False
        if places == "G" or _SCIENTIFIC.fullmatch(places):
            return True
        whole = places.partition(".")[0]
        return bool(places) and _NUMBER.fullmatch(places) is not None and whole.count("0") < 2 and whole[-1:] != ","

    def text(self, number: Decimal) -> str:
        """Raises `NotExactError` where digits are hidden or grouped, which every country does in its own way."""
        places = self._places
        sign, number = ("-", -number) if number < 0 else ("", number)
        if not places:
            return sign + "".join(text for text, _ in self.tokens)
        if "G" in places:
            return sign + "".join(text if not place else format(number, "f") for text, place in self.tokens)
        if "/" in places:
            return sign + self._fraction(number)
        return sign + self._number(number)

    def _number(self, number: Decimal) -> str:
        """Digits from the right into the places before the point, from the left into those after it."""
        places = self._places.replace("%", "")
        number = number.scaleb(2 * self._places.count("%"))
        if not _NUMBER.fullmatch(places):
            raise NotExactError
        whole_places, _, decimal_places = places.partition(".")
        whole, _, decimals = format(number.normalize(), "f").partition(".")
        if whole_places[-1:] == "," or ("," in whole_places and len(whole) > 3):
            raise NotExactError
        whole_places = whole_places.replace(",", "")
        whole = "" if whole == "0" else whole
        if len(decimals) > len(decimal_places) or (whole and not whole_places):
            raise NotExactError
        return self._filled(whole, whole_places, decimals, decimal_places)

    def _filled(self, whole: str, whole_places: str, decimals: str, decimal_places: str) -> str:
        shown: list[str] = []
        start, before = 0, len(whole_places)
        digits = whole.rjust(len(whole_places))  # what is too much stands at the first place
        after = iter(zip(decimals.ljust(len(decimal_places)), decimal_places, strict=True))
        extra = len(digits) - len(whole_places)
        in_decimals = False
        for text, place in self.tokens:
            if not place:
                shown.append(text)
            elif place == ".":
                in_decimals = True
                shown.append(".")
            elif place == "%":
                shown.append("%")
            elif in_decimals:
                digit, place = next(after)
                shown.append(_digit(digit, place))
            elif place != "," and before:
                end = start + 1 + extra
                shown.append(digits[start:end] if extra else _digit(digits[start], place))
                start, extra, before = end, 0, before - 1
        return "".join(shown)

    def _fraction(self, number: Decimal) -> str:
        """The section as a fraction, which must be the number exactly."""
        joined = "".join(text or place for text, place in self.tokens)
        match = _FRACTION.search(joined)
        if not match:
            raise NotExactError
        whole, rest = divmod(Fraction(number), 1) if match[1] else (0, Fraction(number))
        denominator = int(match[5]) if match[5] else rest.limit_denominator(10 ** len(match[4]) - 1).denominator
        numerator = rest * denominator
        if abs(numerator - round(numerator)) > Fraction(1, 10**10):
            raise NotExactError
        part = f"{round(numerator)}/{denominator}" if numerator else ""
        shown = " ".join(text for text in (str(whole) if whole or not part else "", part) if text)
        return joined[: match.start()] + shown + joined[match.end() :]


def _digit(digit: str, place: str) -> str:
    return digit if digit != " " else "0" if place == "0" else ""


def _token(
    quoted: str | None,
    escaped: str | None,
    bracketed: str | None,
    gap: str | None,
    fill: str | None,
    general: str | None,
    plain: str | None,
) -> tuple[str, str]:
    """A literal or a placeholder. Raises `NotExactError` for anything else."""
    if quoted is not None or escaped is not None:
        return (quoted if quoted is not None else escaped or ""), ""
    if gap is not None or fill is not None:
        return (" " if gap else ""), ""
    if bracketed is not None:
        currency = _CURRENCY.fullmatch(bracketed)
        if currency or _COLOURS.fullmatch(bracketed):
            return (currency[1] if currency else ""), ""
    if general is not None:
        return "", general if general[0] == "E" else "G"
    if plain is not None and plain in "0#?.,%/123456789":
        return "", plain
    if plain is not None and plain in _LITERALS:
        return plain, ""
    raise NotExactError
