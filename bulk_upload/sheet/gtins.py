"""GTINs, the numbers of trade items: digits of which the last one checks the others.

The GS1 General Specifications give them 8, 12, 13 or 14 digits, and one way to calculate the last one (modulo 10).
Knows no Django; the guarded reader uses it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 14
_FORM: Final = re.compile("[0-9]{8}|[0-9]{12,14}")


def has_gtin_form(text: str) -> bool:
    return bool(_FORM.fullmatch(text))


def has_right_check_digit(digits: str) -> bool:
    """Whether the digits, from the last one on counted once and three times by turns, come to a multiple of ten.

    >>> has_right_check_digit("7701234567897"), has_right_check_digit("7701234567898")
    (True, False)
    """
    values = list(map(int, reversed(digits)))
    return (sum(values[::2]) + 3 * sum(values[1::2])) % 10 == 0


def are_gtins(texts: Iterable[str]) -> bool:
    return all(has_gtin_form(text) and has_right_check_digit(text) for text in texts)
