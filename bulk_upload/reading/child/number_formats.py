"""Number formats that show more digits than the number has: ``00000`` shows 7 as ``00007``.

A code with such a format is, to the person who sees the sheet, the text with its zeros.
ECMA-376 part 1, section 18.8.30 (numFmt) and 18.8.10 (cellXfs).
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Final

from bulk_upload.reading.child.xml_tags import start_tags

# A literal in quotes, an escaped one, something in brackets, a gap as wide as a character, a fill.
_TOKEN: Final = re.compile(r'"([^"]*)"|\\(.)|\[([^\]]*)\]|_(.)|\*(.)|(.)', re.DOTALL)
_SECTION: Final = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[_*].|[^;"\\\[_*])*)(?:;|$)', re.DOTALL)
# Characters that stand for themselves without quotes.
_LITERALS: Final = frozenset("$-+/():!^&'~{}<>= ")
_COLOURS: Final = re.compile(r"(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color ?\d+)", re.IGNORECASE)
_CURRENCY: Final = re.compile(r"\$([^-\]]*)(?:-.*)?")
# Excel keeps 15 digits; longer numbers have lost some already.
_EXACT_INTEGERS: Final = 10**15


@dataclass(frozen=True, slots=True)
class Padding:
    """A format that is only zeros and literals: its texts, and how many digits stand between them."""

    pieces: tuple[str | int, ...]
    digits: int
    shows_zero: bool

    def text(self, number: float) -> str | None:
        """What the sheet shows for `number`; `None` when that is not simply its digits."""
        if not number.is_integer() or not 0 <= number < _EXACT_INTEGERS or (number == 0 and not self.shows_zero):
            return None
        digits = str(int(number)).rjust(self.digits, "0")
        shown: list[str] = []
        start, end = 0, len(digits) - self.digits  # what is too much stands at the first place
        for piece in self.pieces:
            if isinstance(piece, str):
                shown.append(piece)
            else:
                end += piece
                shown.append(digits[start:end])
                start = end
        return "".join(shown)


def padded_styles(styles: bytes) -> dict[int, Padding]:
    """The styles of a workbook's ``styles.xml`` (a cell's ``s``) whose format pads with zeros."""
    if b"formatCode" not in styles:
        return {}
    formats: dict[str, Padding | None] = {}
    padded: dict[int, Padding] = {}
    place: str | None = None
    index = 0
    for name, attributes in start_tags(styles):
        if name == "numFmt" and place is None:
            formats[attributes.get("numFmtId", "")] = parse_format(attributes.get("formatCode", ""))
        elif name in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            place = name
        elif name == "xf" and place == "cellXfs":
            padding = formats.get(attributes.get("numFmtId", ""))
            if padding:
                padded[index] = padding
            index += 1
    return padded


def parse_format(code: str) -> Padding | None:
    """The padding of a format code, or `None` for every format that is not zeros and literals alone."""
    sections = list(_SECTION.finditer(code))
    try:
        tokens = [_piece(*match.groups()) for match in _TOKEN.finditer(sections[0][1])]
    except ValueError:
        return None
    digits = tokens.count(None)
    literals = "".join(token for token in tokens if token)
    if not digits or (digits == 1 and not literals.strip()):
        return None
    pieces: list[str | int] = []
    for is_digit, run in itertools.groupby(tokens, lambda token: token is None):
        texts = [token or "" for token in run]
        pieces.append(len(texts) if is_digit else "".join(texts))
    # The third section is the one for zero.
    ends = sum(section[0] != section[1] for section in sections)
    return Padding(tuple(pieces), digits, shows_zero=ends < 2)


def _piece(
    quoted: str | None, escaped: str | None, bracketed: str | None, gap: str | None, fill: str | None, plain: str | None
) -> str | None:
    """What one token of a format shows, `None` for a digit. Raises `ValueError` for anything else."""
    if plain == "0":
        return None
    if quoted is not None or escaped is not None:
        return quoted if quoted is not None else escaped
    if gap is not None or fill is not None:
        return " " if gap else ""
    if bracketed is not None:
        currency = _CURRENCY.fullmatch(bracketed)
        if currency or _COLOURS.fullmatch(bracketed):
            return currency[1] if currency else ""
    if plain is not None and plain in _LITERALS:
        return plain
    raise ValueError(plain or bracketed)
