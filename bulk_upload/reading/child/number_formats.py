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

from bulk_upload.cells import UnreadCell
from bulk_upload.problems import shown
from bulk_upload.reading.child.digits import NotExactError, Pattern
from bulk_upload.reading.child.xml_tags import start_tags

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
        text = _shown(code, number)
    except NotExactError:
        return UnreadCell("hidden_by_format", shown(format(number, ".15g")))
    return number if text is None else text


def _shown(code: str, number: float) -> str | None:
    """The text, `None` when it is the number's own digits. Raises `NotExactError`."""
    section, value = _section([match[1] for match in _SECTION.finditer(code)], number)
    pattern = Pattern.of(_CONDITION.sub("", section))
    if pattern.is_plain:
        return None
    text = pattern.text(Decimal(format(value, ".15g"))).strip()
    if not text:
        raise NotExactError
    return text


def _section(sections: list[str], number: float) -> tuple[str, float]:
    """The part of a format code that is for `number`, and the number that it shows (without its sign)."""
    if len(sections) > 1 and not sections[-1] and not sections[-2].endswith(";"):
        sections = sections[:-1]  # the pattern also finds the nothing at the end
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        for section, condition in zip(sections, conditions, strict=True):
            if condition is None or _COMPARISONS[condition[1]](number, float(condition[2])):
                return section, number
        raise NotExactError
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    if number == 0 and len(sections) > 2:
        return sections[2], number
    return sections[0], number
