"""What a sheet shows for a number in a column of text: its digits as the cell's number format writes them.

``0.0" ml"`` shows 2.5 as ``2.5 ml``, ``00000`` shows 7 as ``00007``; to the person who sees the sheet that is the
text. ECMA-376 part 1, sections 18.8.30 (numFmt), 18.8.31 (format codes) and 18.8.10 (cellXfs).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Final

from bulk_upload.reading.child.number_format_digits import NotExactError, Pattern
from bulk_upload.reading.child.xml_tags import start_tags
from bulk_upload.sheet.cells import UnreadCell
from bulk_upload.sheet.problems import shown

# Formats that have no code in the file. What is not here is General, or a date or a time.
_BUILT_IN: Final = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    48: "##0.0E+0",
}
_SECTION: Final = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[_*].|[^;"\\\[_*])*)(?:;|$)', re.DOTALL)
_CONDITION: Final = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].', re.DOTALL)
_COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
# Characters of a format code, in Excel.
_LONGEST: Final = 255
# Excel keeps 15 digits; longer whole numbers have lost some already.
_EXACT: Final = 10**15
_PLAIN: Final = frozenset(["General", "@", "0", "0.00", "#,##0", "#,##0.00"])


def format_codes(styles: bytes) -> list[str]:
    """The number format of each style of a workbook's ``styles.xml`` (a cell's ``s``)."""
    codes: dict[str, str] = {}
    found: list[str] = []
    place: str | None = None
    for name, attributes in start_tags(styles):
        if name == "numFmt" and place is None:
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            place = name
        elif name == "xf" and place == "cellXfs":
            number = attributes.get("numFmtId", "0")
            found.append(codes.get(number) or _built_in(number))
    return found


def _built_in(number: str) -> str:
    return _BUILT_IN.get(int(number), "General") if number.isascii() and number.isdigit() else "General"


def adds_text(code: str) -> bool:
    """Whether a cell with this format may show more than its number's digits."""
    return code not in _PLAIN


def is_percent(code: str) -> bool:
    return "%" in code and "%" in _QUOTED.sub("", code)


@lru_cache(maxsize=4096)
def shown_text(code: str, number: float) -> str | float | UnreadCell:
    """What the sheet shows for `number`: the number itself when its format adds nothing to the digits.

    `UnreadCell` when the format hides digits or the number, or shows it in a way that depends on the machine.
    """
    # What is no number, or has lost digits, is refused by the rules of values.
    if number != number or abs(number) >= _EXACT:
        return number
    try:
        pattern, value = _sections(code).of(number)
        if pattern.is_plain:
            return number
        text = pattern.text(Decimal(format(value, ".15g"))).strip()
    except NotExactError:
        text = ""
    return text or UnreadCell("hidden_by_format", shown(format(number, ".15g")))


class _Sections:
    """The parts of a format code: for positive and negative numbers and zero, or by conditions."""

    def __init__(self, code: str) -> None:
        matches = list(_SECTION.finditer(code)) if len(code) <= _LONGEST else []
        if len(matches) > 1 and matches[-2][0] == matches[-2][1]:
            matches.pop()  # the pattern also finds the nothing after the last one
        self._sections = found = [match[1] for match in matches]
        self._conditions = [_CONDITION.search(section) for section in found]

    def of(self, number: float) -> tuple[Pattern, float]:
        """The part for `number`, and the number that it shows (without its sign). Raises `NotExactError`."""
        if any(self._conditions):
            for section, condition in zip(self._sections, self._conditions, strict=True):
                if condition is None or _COMPARISONS[condition[1]](number, float(condition[2])):
                    return _pattern(section), number
            raise NotExactError
        place = 1 if number < 0 else 2 if number == 0 else 0
        if place >= len(self._sections):
            place = 0
        if not self._sections:
            raise NotExactError
        return _pattern(self._sections[place]), abs(number) if place == 1 else number


@lru_cache(maxsize=256)
def _sections(code: str) -> _Sections:
    return _Sections(code)


@lru_cache(maxsize=256)
def _pattern(section: str) -> Pattern:
    return Pattern.of(_CONDITION.sub("", section))
